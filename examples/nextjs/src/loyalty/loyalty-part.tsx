"use client";

import { useEffect, useRef } from "react";
import { askAsCustomer } from "./actions";
import type { ReciprocityPart, SaleorReciprocity } from "./reciprocity-0.1.0.js";

type Attributes = { show: ReciprocityPart; channel?: string; checkout?: string; href?: string };

declare module "react" {
	namespace JSX {
		interface IntrinsicElements {
			"saleor-reciprocity": Attributes & HTMLAttributes<HTMLElement> & { ref?: Ref<SaleorReciprocity> };
		}
	}
}

/** A part of the programme. `answer` is what the server has asked already, so the browser need not ask first. */
export function LoyaltyPart({ answer, ...attributes }: Attributes & { answer?: unknown }) {
	const element = useRef<SaleorReciprocity>(null);
	useEffect(() => {
		let known = answer;
		void import("./reciprocity-0.1.0.js").then(() => {
			if (!element.current) return;
			element.current.query = async (document, variables) => {
				const given = known;
				known = undefined;
				return given ?? askAsCustomer(/(?:query|mutation)\s+(\w+)/.exec(document)?.[1] ?? "", variables);
			};
		});
	}, [answer]);
	return <saleor-reciprocity ref={element} {...attributes} />;
}
