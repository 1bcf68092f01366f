import { Suspense } from "react";
import { askAsCustomer } from "@/loyalty/actions";
import { LoyaltyPart } from "@/loyalty/loyalty-part";

type Props = { params: Promise<{ locale: string; channel: string }> };

/** What the programme is to the customer. Asked on the server, drawn and kept up to date in the browser. */
export default function LoyaltyPage({ params }: Props) {
	return (
		<Suspense fallback={<p>…</p>}>
			<Loyalty params={params} />
		</Suspense>
	);
}

async function Loyalty({ params }: Props) {
	const { locale, channel } = await params;
	const [balance, rewards, codes, history] = await Promise.all([
		askAsCustomer("MyLoyaltyBalance", { channel }),
		askAsCustomer("LoyaltyCatalogue", { channel }),
		askAsCustomer("MyLoyaltyCodes", {}),
		askAsCustomer("MyLoyaltyHistory", {}),
	]);
	const products = `/${locale}/${channel}/products/{slug}`;
	return (
		<div className="space-y-8">
			<LoyaltyPart show="balance" channel={channel} answer={balance} />
			<LoyaltyPart show="rewards" channel={channel} answer={rewards} />
			<LoyaltyPart show="codes" answer={codes} />
			<LoyaltyPart show="recommendations" channel={channel} href={products} />
			<LoyaltyPart show="history" answer={history} />
			<LoyaltyPart show="preferences" />
		</div>
	);
}
