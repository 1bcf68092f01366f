"use server";

import {
	LoyaltyCatalogueDocument,
	LoyaltyChooseMessagesDocument,
	LoyaltyGiveBackDocument,
	LoyaltyPreferencesDocument,
	LoyaltyRecommendationsDocument,
	LoyaltyRedeemDocument,
	MyLoyaltyAtCheckoutDocument,
	MyLoyaltyBalanceDocument,
	MyLoyaltyCodesDocument,
	MyLoyaltyHistoryDocument,
	MyLoyaltyMessagesDocument,
	MyLoyaltySurprisesDocument,
	MyLoyaltyTierDocument,
	type TypedDocumentString,
} from "@/gql/graphql";
import { executeAuthenticatedGraphQL } from "@/lib/graphql";

/** All that a browser may ask for: whoever calls an action may send it anything. */
const OPERATIONS = new Map<string, unknown>(
	Object.entries({
		LoyaltyCatalogue: LoyaltyCatalogueDocument,
		LoyaltyChooseMessages: LoyaltyChooseMessagesDocument,
		LoyaltyGiveBack: LoyaltyGiveBackDocument,
		LoyaltyPreferences: LoyaltyPreferencesDocument,
		LoyaltyRecommendations: LoyaltyRecommendationsDocument,
		LoyaltyRedeem: LoyaltyRedeemDocument,
		MyLoyaltyAtCheckout: MyLoyaltyAtCheckoutDocument,
		MyLoyaltyBalance: MyLoyaltyBalanceDocument,
		MyLoyaltyCodes: MyLoyaltyCodesDocument,
		MyLoyaltyHistory: MyLoyaltyHistoryDocument,
		MyLoyaltyMessages: MyLoyaltyMessagesDocument,
		MyLoyaltySurprises: MyLoyaltySurprisesDocument,
		MyLoyaltyTier: MyLoyaltyTierDocument,
	}),
);

/** The data of one of the operations above, asked as the customer whose session cookies came along. */
export async function askAsCustomer(operation: string, variables: Record<string, unknown>): Promise<unknown> {
	const document = OPERATIONS.get(operation) as TypedDocumentString<unknown, Record<string, unknown>> | undefined;
	if (!document) throw new Error(`There is no operation ${operation}.`);
	const result = await executeAuthenticatedGraphQL(document, { variables, cache: "no-cache" });
	if (!result.ok) throw new Error(result.error.message);
	return result.data;
}
