/** Types of the element <saleor-reciprocity>. */

export type ReciprocityPart =
  | "balance"
  | "history"
  | "rewards"
  | "codes"
  | "surprise"
  | "checkout"
  | "recommendations"
  | "preferences"
  | "tier";

/** Sends an operation to the shop as the customer and answers with its `data`. Throws when there is no answer. */
export type ReciprocityQuery = (document: string, variables: Record<string, unknown>) => Promise<unknown>;

/** Something that the customer wants done. `preventDefault()` means that the page does it. */
export interface ReciprocityAction {
  operation: string;
  document: string;
  variables: Record<string, unknown>;
}

export interface ReciprocityEvents {
  "reciprocity-redeem": CustomEvent<ReciprocityAction>;
  "reciprocity-give-back": CustomEvent<ReciprocityAction>;
  "reciprocity-not-for-me": CustomEvent<ReciprocityAction>;
  "reciprocity-like": CustomEvent<ReciprocityAction>;
  "reciprocity-choose": CustomEvent<ReciprocityAction>;
  "reciprocity-more": CustomEvent<{ after: string }>;
  "reciprocity-retry": CustomEvent<Record<string, never>>;
  "reciprocity-select": CustomEvent<{ id: string; name: string; slug: string }>;
  "reciprocity-reveal": CustomEvent<{ name: string; code: string | null; reason: string }>;
  "reciprocity-copy": CustomEvent<{ code: string }>;
  /** A change was made through `query`; the detail is the mutation's payload. */
  "reciprocity-changed": CustomEvent<unknown>;
  /** The shop said no. */
  "reciprocity-refused": CustomEvent<{ code: string; message: string | null }>;
  /** `query` threw. */
  "reciprocity-error": CustomEvent<{ error: unknown }>;
}

export declare class SaleorReciprocity extends HTMLElement {
  /** The attribute `show`: which part this is. */
  show: ReciprocityPart;
  /** The answer of the part's own operation. */
  data: unknown;
  /** How the element asks; without it the page sets `data`. */
  query: ReciprocityQuery | null;
  state: "loading" | "ready" | "offline" | "error";
  /** Own texts by key, in place of those in `texts`. */
  texts: Record<string, string>;
  /** Categories, collections or products that `preferences` offers to like. */
  choices: { id: string; name: string }[];
  /** Ask again. */
  refresh(): Promise<void>;
  /** Say something in the status line, also to a screen reader. */
  say(text: string): void;
  addEventListener<K extends keyof ReciprocityEvents>(
    type: K,
    listener: (this: SaleorReciprocity, event: ReciprocityEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The operations by name, each whole with its fragments. */
export declare const documents: Record<string, string>;
/** The texts by language and key. */
export declare const texts: Record<"en" | "zh", Record<string, string>>;

declare global {
  interface HTMLElementTagNameMap {
    "saleor-reciprocity": SaleorReciprocity;
  }
}
