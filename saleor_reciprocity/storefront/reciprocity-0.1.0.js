/* Saleor Reciprocity: the element <saleor-reciprocity>. BSD-3-Clause.
   Data in, events out: it asks for nothing by itself, unless the page gives it `query`. */

const ERRORS = "errors { field code message }";
const FRAGMENTS = {
  LoyaltyBalance: "LoyaltyAccount { available pending debt }",
  LoyaltyDistance: "LoyaltyNextReward { missing reward { id name points } }",
  LoyaltyChange: "LoyaltyEntry { id kind points pending balance reason happenedAt }",
  LoyaltyOfOrder: "Order { id number loyalty { verdict pending earned maturesAt why } }",
  LoyaltyOffer: "LoyaltyReward { id kind name points value { amount currency } text leastPoints mostPoints left tier endsAt }",
  LoyaltyCode: "LoyaltyRedemption { id code kind name points value { amount currency } text state createdAt expiresAt closeReason }",
  LoyaltyGift: "LoyaltySurprise { kind name value { amount currency } points code reason expiresAt state }",
  LoyaltyAtCheckout: "LoyaltyCheckout { points redeemable { ...LoyaltyOffer } nextReward { ...LoyaltyDistance } }",
  LoyaltySuggestion:
    "Recommendation { product { id name slug thumbnail(size: 256) { url alt } " +
    "pricing { priceRange { start { gross { amount currency } } } } } reason { code text } }",
  LoyaltyMessageChoice: "CommunicationPreference { kind wanted chosenAt }",
  LoyaltyStep: "LoyaltyTier { code name threshold multiplier }",
};
const CALLED = "loyaltyPointsName(channel: $channel, language: $language) { one other }";
const WHERE = "$channel: String, $language: String";
const AT_CHECKOUT = `id loyalty { ...LoyaltyAtCheckout } } me { id loyalty { available } } ${CALLED}`;
const OPERATIONS = {
  MyLoyaltyBalance:
    `query MyLoyaltyBalance(${WHERE}) ` +
    `{ me { id loyalty { ...LoyaltyBalance nextReward(channel: $channel) { ...LoyaltyDistance } } } ${CALLED} }`,
  MyLoyaltyHistory:
    `query MyLoyaltyHistory($first: Int = 20, $after: String, $orders: Int = 5, ${WHERE}) { me { id loyalty { ` +
    "entries(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } " +
    `edges { node { ...LoyaltyChange } } } } orders(first: $orders) { edges { node { ...LoyaltyOfOrder } } } } ${CALLED} }`,
  LoyaltyCatalogue:
    `query LoyaltyCatalogue(${WHERE}) { loyaltyRewards(channel: $channel, first: 50) ` +
    `{ edges { node { ...LoyaltyOffer } } } me { id loyalty { available } } ${CALLED} }`,
  LoyaltyRedeem:
    "mutation LoyaltyRedeem($input: PointsRedeemInput!) " +
    `{ pointsRedeem(input: $input) { redemption { ...LoyaltyCode } onCheckout ${ERRORS} } }`,
  MyLoyaltyCodes:
    `query MyLoyaltyCodes($first: Int = 20, ${WHERE}) ` +
    `{ me { id loyalty { redemptions(first: $first) { edges { node { ...LoyaltyCode } } } } } ${CALLED} }`,
  LoyaltyGiveBack:
    `mutation LoyaltyGiveBack($id: ID!) { pointsRedemptionCancel(id: $id) { redemption { ...LoyaltyCode } ${ERRORS} } }`,
  MyLoyaltySurprises:
    "query MyLoyaltySurprises($first: Int = 3) " +
    "{ me { id loyalty { surprises(first: $first) { edges { node { ...LoyaltyGift } } } } } }",
  MyLoyaltyAtCheckout: `query MyLoyaltyAtCheckout($id: ID!, ${WHERE}) { checkout(id: $id) { ${AT_CHECKOUT} }`,
  // Saleor 2.10 knows a checkout by its token.
  MyLoyaltyAtCheckout2: `query MyLoyaltyAtCheckout($token: UUID!, ${WHERE}) { checkout(token: $token) { ${AT_CHECKOUT} }`,
  LoyaltyRecommendations:
    "query LoyaltyRecommendations($channel: String, $kind: RecommendationKind, $product: ID, $checkout: ID, " +
    "$first: Int = 8) { recommendations(channel: $channel, kind: $kind, product: $product, checkout: $checkout, " +
    "first: $first) { edges { node { ...LoyaltySuggestion } } } }",
  LoyaltyPreferences:
    "mutation LoyaltyPreferences($input: PreferencesUpdateInput!) " +
    `{ preferencesUpdate(input: $input) { preferences { kind objectId liked } ${ERRORS} } }`,
  MyLoyaltyMessages:
    "query MyLoyaltyMessages { me { id loyalty { communicationPreferences { ...LoyaltyMessageChoice } " +
    "preferences { kind objectId liked } } } }",
  LoyaltyChooseMessages:
    "mutation LoyaltyChooseMessages($input: [CommunicationPreferenceInput!]!) " +
    `{ communicationPreferencesUpdate(input: $input) { preferences { ...LoyaltyMessageChoice } ${ERRORS} } }`,
  MyLoyaltyTier:
    `query MyLoyaltyTier(${WHERE}) { loyaltyTiers { windowDays tiers { ...LoyaltyStep } } ` +
    `me { id loyalty { tier { current { ...LoyaltyStep } points next { ...LoyaltyStep } pointsToNext fallsAt } } } ${CALLED} }`,
};

function withFragments(text) {
  const used = new Set();
  const look = (part) => {
    for (const [, name] of part.matchAll(/\.\.\.(\w+)/g)) {
      if (used.has(name)) continue;
      used.add(name);
      look(FRAGMENTS[name]);
    }
  };
  look(text);
  return [text, ...[...used].map((name) => `fragment ${name} on ${FRAGMENTS[name]}`)].join("\n");
}

/** The operations by name, each whole with its fragments: those of the folder `documents`. */
export const documents = Object.fromEntries(Object.entries(OPERATIONS).map(([name, text]) => [name, withFragments(text)]));

/** The texts by language. Of two forms, one|other, the number n chooses; {unit} is what the shop calls its points. */
export const texts = {
  en: {
    balance: "Your {unit}", history: "What changed your {unit}", rewards: "Rewards", codes: "Your codes",
    surprise: "A surprise", checkout: "What this order brings", recommendations: "For you",
    preferences: "What you want", tier: "Your tier",
    unit: "point|points", points: "{n} {unit}", pending: "{n} more when your goods have arrived",
    debt: "The next {n} {unit} repay what an order took back.",
    missing: "{n} {unit} to go for “{name}”",
    loading: "Loading …", empty: "Nothing here yet.", offline: "You are offline.", error: "That did not work.",
    retry: "Try again", signIn: "Sign in to see this.", why: "Why?", order: "Order {number}: {n} {unit}",
    matures: "They become available on {date}.", more: "Show more", pendingShort: "{n} pending",
    redeem: "Redeem for {n} {unit}", short: "{n} {unit} is missing|{n} {unit} are missing",
    left: "{n} left", howMany: "How many {unit} for “{name}”", worth: "{points} for {money}",
    code: "Your code for “{name}”", copy: "Copy", copied: "Copied: {code}", applied: "{money} off this order.",
    giveBack: "Give back", givenBack: "Given back: {n} {unit}", until: "until {date}",
    open: "Open your surprise", opened: "It is {name}.",
    earns: "This order brings {n} {unit}.", have: "You have {n} {unit}.",
    notForMe: "Not for me", notForMeName: "{name}: not for me", removed: "{name} will not be suggested again.",
    messages: "Messages", tastes: "What you like", like: "Like", dislike: "Do not like", saved: "Saved.",
    now: "You are here", toNext: "{n} {unit} to {name}", from: "from {n} {unit}",
    falls: "Until {date}", noTier: "No tier yet",
    UNUSED: "ready to use", USED: "used", CANCELLED: "given back", EXPIRED: "expired", OPEN: "we are on it", DONE: "done",
    CANCELLED_SERVICE: "cancelled", redeemedService: "You have “{name}”.",
    PENDING: "They become available when the goods have been shipped and kept.",
    EARNED: "The goods were shipped, so they are yours.", BONUS: "A thank-you from the shop.",
    CLAWBACK: "Goods came back or were repaid, and what they brought with them.", REDEMPTION: "You exchanged {unit} for a reward.",
    SURPRISE: "A gift from the shop.", REVERSAL: "A redemption was undone, and what it cost returned.",
    EXPIRED_POINTS: "They were not used in time.", ADJUSTMENT: "The shop corrected your {unit}.",
    MERGE: "Two accounts of yours became one.",
    SURVEY: "A question after an order", SURPRISE_MAIL: "News of a surprise", REDEMPTION_MAIL: "Codes that you redeemed",
    SERVICE: "What becomes of services that you redeemed", STATEMENT: "A statement every month", REPLY: "Replies to what you answered", EXPIRY: "What expires soon",
    BUSY: "Please try again in a moment.", INSUFFICIENT_POINTS: "You do not have enough {unit} for this.",
    OUT_OF_STOCK: "None is left.", LIMIT_REACHED: "You have had this as often as you can for now.",
    TIER_TOO_LOW: "This is for a higher tier.", REWARD_NOT_APPLICABLE: "This does nothing for this order.",
    VOUCHER_ON_CHECKOUT: "There is a voucher on this order already.", CODE_ON_CHECKOUT: "The code is on a checkout.",
    CODE_ALREADY_USED: "The code has been used.", DONE_BY_PEOPLE: "Please ask us to cancel this.", REWARD_UNAVAILABLE: "This is no longer offered.",
    PROGRAMME_OFF: "The programme is switched off.", SIGN_IN_REQUIRED: "Please sign in.",
  },
  zh: {
    balance: "您的{unit}", history: "{unit}变动", rewards: "奖励", codes: "您的优惠码",
    surprise: "一份惊喜", checkout: "本单可得", recommendations: "为您推荐", preferences: "您的偏好", tier: "您的等级",
    unit: "积分", points: "{n} {unit}", pending: "收货后再得 {n}", debt: "接下来的 {n} {unit}将抵扣订单收回的部分。",
    missing: "再得 {n} {unit}即可兑换“{name}”",
    loading: "加载中…", empty: "这里还没有内容。", offline: "您已离线。", error: "操作未成功。",
    retry: "重试", signIn: "请登录后查看。", why: "为什么？", order: "订单 {number}：{n} {unit}",
    matures: "将于 {date} 可用。", more: "显示更多", pendingShort: "待生效 {n}",
    redeem: "用 {n} {unit}兑换", short: "还差 {n} {unit}", left: "剩余 {n} 份", howMany: "用多少{unit}兑换“{name}”",
    worth: "{points} 兑换 {money}", code: "“{name}”的优惠码", copy: "复制", copied: "已复制：{code}", applied: "本单减 {money}。",
    giveBack: "退回", givenBack: "已退回：{n} {unit}", until: "有效期至 {date}", open: "打开惊喜", opened: "您得到：{name}。",
    earns: "本单可得 {n} {unit}。", have: "您有 {n} {unit}。",
    notForMe: "不感兴趣", notForMeName: "{name}：不感兴趣", removed: "不再推荐 {name}。",
    messages: "消息", tastes: "您的喜好", like: "喜欢", dislike: "不喜欢", saved: "已保存。",
    now: "当前等级", toNext: "再得 {n} {unit}升为{name}", from: "{n} {unit}起", falls: "有效期至 {date}", noTier: "暂无等级",
    UNUSED: "可使用", USED: "已使用", CANCELLED: "已退回", EXPIRED: "已过期", OPEN: "处理中", DONE: "已完成",
    CANCELLED_SERVICE: "已取消", redeemedService: "您已兑换“{name}”。",
    PENDING: "商品发货并过退货期后即可使用。", EARNED: "商品已发货，归您所有。", BONUS: "商店的谢意。",
    CLAWBACK: "商品退回或退款，所得随之收回。", REDEMPTION: "您用{unit}兑换了奖励。", SURPRISE: "商店送您的礼物。",
    REVERSAL: "兑换已撤销，所付返还。", EXPIRED_POINTS: "未及时使用。", ADJUSTMENT: "商店调整了您的{unit}。",
    MERGE: "您的两个账户已合并。",
    SURVEY: "订单后的一个问题", SURPRISE_MAIL: "惊喜通知", REDEMPTION_MAIL: "您兑换的优惠码",
    SERVICE: "您兑换的服务的进展", STATEMENT: "每月对账单", REPLY: "对您回答的回复", EXPIRY: "即将过期的内容",
    BUSY: "请稍后再试。", INSUFFICIENT_POINTS: "{unit}不足。", OUT_OF_STOCK: "已兑完。", LIMIT_REACHED: "您暂时不能再兑换。",
    TIER_TOO_LOW: "仅限更高等级。", REWARD_NOT_APPLICABLE: "不适用于本单。", VOUCHER_ON_CHECKOUT: "本单已使用代金券。",
    CODE_ON_CHECKOUT: "该码正用于结账。", CODE_ALREADY_USED: "该码已使用。", DONE_BY_PEOPLE: "请联系我们取消。", REWARD_UNAVAILABLE: "该奖励已下架。",
    PROGRAMME_OFF: "会员计划已关闭。", SIGN_IN_REQUIRED: "请先登录。",
  },
};

const STYLE = `
:host { display: block; container-type: inline-size; color: inherit; font: inherit; line-height: 1.5;
  --_accent: var(--reciprocity-accent, #1f5fd0); --_on-accent: var(--reciprocity-on-accent, #fff);
  --_line: var(--reciprocity-line, color-mix(in srgb, currentColor 25%, transparent));
  --_radius: var(--reciprocity-radius, .75rem); --_gap: var(--reciprocity-gap, 1rem); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h1, h2, h3, h4, h5, h6 { margin: 0 0 var(--_gap); font-size: 1.25em; line-height: 1.3; }
p { margin: 0 0 .5em; }
[part~=text] { white-space: pre-line; overflow-wrap: anywhere; }
p, span, small, output, h1, h2, h3, h4, h5, h6 { unicode-bidi: plaintext; }
ul, ol { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--_gap); }
* + h2, * + h3, * + h4, * + h5, * + h6, :is(ul, ol, div[part~=card]) + * { margin-top: var(--_gap); }
li, [part~=card] { min-width: 0; }
.cards { grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); }
[part~=card] { border: 1px solid var(--_line); border-radius: var(--_radius); padding: var(--_gap);
  background: var(--reciprocity-card, transparent); }
.cards > [part~=card] { display: flex; flex-direction: column; }
.cards > [part~=card] > button { margin-top: auto; align-self: start; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; }
.rows > li { border-bottom: 1px solid var(--_line); padding-bottom: .75em; }
[part~=number] { font-size: 2.25em; font-weight: 700; line-height: 1.1; font-variant-numeric: tabular-nums; }
strong, [part~=name] { font-weight: 600; overflow-wrap: anywhere; }
small { font-size: .875em; }
code { font: 600 1.1em ui-monospace, monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
button { font: inherit; font-weight: 600; min-height: 44px; min-width: 44px; padding: .4em 1em; cursor: pointer;
  border-radius: var(--_radius); border: 1px solid var(--_accent); background: var(--_accent); color: var(--_on-accent); }
button.plain { background: transparent; color: inherit; border-color: var(--_line); }
button[aria-pressed=true] { background: var(--_accent); color: var(--_on-accent); }
button[aria-disabled=true] { opacity: .6; cursor: progress; }
button:disabled { cursor: default; background: transparent; color: inherit; border-style: dashed; border-color: var(--_line); }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
summary { min-height: 44px; display: flex; align-items: center; cursor: pointer; text-decoration: underline; }
label { display: flex; gap: .75rem; align-items: center; min-height: 44px; cursor: pointer; }
input[type=checkbox] { width: 1.35rem; height: 1.35rem; flex: none; }
input, progress { accent-color: var(--_accent); }
input[type=range] { width: 100%; min-height: 44px; margin: 0; }
progress { width: 100%; height: .75rem; }
img { width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: calc(var(--_radius) / 2); }
[role=status]:empty { display: none; }
[role=status] { margin: var(--_gap) 0 0; padding: .5em .75em; border-inline-start: 4px solid var(--_accent); }
@media (prefers-reduced-motion: no-preference) {
  .revealed { animation: reveal .6s cubic-bezier(.2, 1.4, .4, 1); }
  @keyframes reveal { from { opacity: 0; transform: scale(.8) rotate(-2deg); } }
}
@media (forced-colors: active) { button { border-color: ButtonText; } }
`;
let sheet;

/** An element with attributes, listeners (names that begin with on), and children; what is null or false is left out. */
function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(9).filter((child) => child != null && child !== false && child !== ""));
  return node;
}

const nodes = (connection) => (connection ? connection.edges.map((edge) => edge.node) : []);
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const missing = (el, next) =>
  next && [
    h("p", { part: "missing" }, el.text("missing", { n: next.missing, name: next.reward.name })),
    h("progress", {
      part: "progress", max: next.reward.points, value: Math.max(0, next.reward.points - next.missing),
      "aria-label": el.text("missing", { n: next.missing, name: next.reward.name }),
    }),
  ];

const codeLine = (el, code) =>
  code && h("p", { class: "row" }, h("code", { part: "code" }, code),
    h("button", { class: "plain", part: "button copy", key: "copy" + code, onclick: () => el.copy(code) }, el.text("copy")));

/** What the shop says about what its people do, line by line. */
const said = (text) => text && h("p", { part: "text" }, text);

/** A reward with its button, or with a slider and a button. */
function offer(el, reward, available, checkoutId) {
  const slides = reward.leastPoints != null && reward.mostPoints != null;
  const least = slides ? reward.leastPoints : reward.points;
  const most = slides ? Math.min(reward.mostPoints, Math.max(available, least)) : least;
  let chosen = Math.min(most, Math.max(least, el.chosen.get(reward.id) || least));
  const enough = available >= least;
  const gone = reward.left === 0;
  const worth = () => el.text("worth", {
    points: el.text("points", { n: chosen }),
    money: el.money({ ...reward.value, amount: (reward.value.amount * chosen) / reward.points }),
  });
  const label = () => el.text("redeem", { n: chosen });
  const output = h("output", { part: "worth" }, slides && worth());
  const button = h("button", {
    part: "button redeem", key: "redeem" + reward.id, disabled: !enough || gone, ...el.waiting,
    "aria-describedby": "name" + reward.id,
    onclick: () => el.redeem(reward, slides ? chosen : undefined, checkoutId),
  }, label());
  const slide = (event) => {
    chosen = Number(event.target.value);
    el.chosen.set(reward.id, chosen);
    output.textContent = worth();
    button.textContent = label();
    event.target.setAttribute("aria-valuetext", worth());
  };
  return h("li", { part: "card reward" },
    h("p", { part: "name", id: "name" + reward.id }, reward.name),
    !slides && h("p", {}, el.money(reward.value)),
    said(reward.text),
    gone ? h("p", { part: "missing" }, el.text("OUT_OF_STOCK"))
      : reward.left != null && h("p", {}, h("small", {}, el.text("left", { n: reward.left }))),
    reward.endsAt && h("p", {}, h("small", {}, el.text("until", { date: el.date(reward.endsAt) }))),
    slides && enough && [
      h("input", {
        type: "range", part: "slider", min: least, max: most, value: chosen, key: "slide" + reward.id,
        "aria-label": el.text("howMany", { name: reward.name }), "aria-valuetext": worth(), oninput: slide,
      }),
      h("p", {}, output),
    ],
    !enough && h("p", { part: "missing" }, el.text("short", { n: least - available })),
    button);
}

const offers = (el, rewards, available, checkoutId) =>
  h("ul", { class: "cards", part: "list" }, rewards.map((reward) => offer(el, reward, available, checkoutId)));

const redeemed = (el) =>
  el.redeemedNow && h("div", { part: "card redeemed" },
    h("p", {}, el.text(el.redeemedNow.code ? "code" : "redeemedService", { name: el.redeemedNow.name })),
    codeLine(el, el.redeemedNow.code), said(el.redeemedNow.text));

/* Each part: the operation whose answer it shows, its variables, whether it needs a customer, and what it shows
   (nothing means: nothing here yet). */
const PARTS = {
  balance: {
    document: "MyLoyaltyBalance",
    variables: (el) => el.where,
    view(el, { me: { loyalty } }) {
      return [
        h("p", { part: "number available" }, el.text("points", { n: loyalty.available })),
        loyalty.pending > 0 && h("p", { part: "pending" }, el.text("pending", { n: loyalty.pending })),
        loyalty.debt > 0 && h("p", { part: "debt" }, el.text("debt", { n: loyalty.debt })),
        missing(el, loyalty.nextReward),
      ];
    },
  },
  history: {
    document: "MyLoyaltyHistory",
    variables: (el) => el.where,
    view(el, { me }) {
      const { pageInfo } = me.loyalty.entries;
      const entries = nodes(me.loyalty.entries);
      const orders = nodes(me.orders).filter((order) => order.loyalty && order.loyalty.why.length);
      const signed = (n) => (n > 0 ? "+" : "") + el.number(n);
      return entries.length > 0 && [
        h("ol", { class: "rows", part: "list" }, entries.map((entry) =>
          h("li", { part: "entry" },
            h("div", { class: "row" },
              h("span", { part: "name" }, entry.reason || el.text(entry.kind === "EXPIRED" ? "EXPIRED_POINTS" : entry.kind)),
              h("strong", { part: "change" },
                entry.points || !entry.pending ? signed(entry.points) : el.text("pendingShort", { n: signed(entry.pending) }))),
            h("small", {}, el.date(entry.happenedAt)),
            h("details", { part: "why" }, h("summary", { key: "why" + entry.id }, el.text("why")),
              h("p", {}, el.text(entry.kind === "EXPIRED" ? "EXPIRED_POINTS" : entry.kind)))))),
        pageInfo.hasNextPage && h("p", {}, h("button", { class: "plain", part: "button more", key: "more", ...el.waiting,
          onclick: () => el.more(pageInfo.endCursor) }, el.text("more"))),
        orders.map(({ id, number, loyalty }) =>
          h("details", { part: "why order" },
            h("summary", { key: id }, el.text("order", { number, n: loyalty.earned + loyalty.pending })),
            loyalty.why.map((line) => h("p", {}, line)),
            loyalty.maturesAt && h("p", {}, el.text("matures", { date: el.date(loyalty.maturesAt) })))),
      ];
    },
  },
  rewards: {
    document: "LoyaltyCatalogue",
    stranger: true,
    variables: (el) => el.where,
    view(el, { loyaltyRewards, me }) {
      const rewards = nodes(loyaltyRewards);
      return rewards.length > 0 && [redeemed(el), offers(el, rewards, me && me.loyalty ? me.loyalty.available : 0)];
    },
  },
  codes: {
    document: "MyLoyaltyCodes",
    variables: (el) => el.where,
    view(el, { me }) {
      const codes = nodes(me.loyalty.redemptions);
      return codes.length > 0 && h("ul", { part: "list" }, codes.map((one) =>
        h("li", { part: "card" },
          h("div", { class: "row" }, h("span", { part: "name" }, one.name), h("span", { part: "state" },
            el.text(one.kind === "SERVICE" && one.state === "CANCELLED" ? "CANCELLED_SERVICE" : one.state))),
          one.kind === "SERVICE" && (one.state === "CANCELLED" ? said(one.closeReason) : [codeLine(el, one.code), said(one.text)]),
          one.state === "UNUSED" && [
            codeLine(el, one.code),
            one.expiresAt && h("p", {}, h("small", {}, el.text("until", { date: el.date(one.expiresAt) }))),
            h("button", { class: "plain", part: "button give-back", key: "back" + one.id, ...el.waiting,
              onclick: () => el.giveBack(one) }, el.text("giveBack")),
          ])));
    },
  },
  surprise: {
    document: "MyLoyaltySurprises",
    variables: () => ({}),
    view(el, { me }) {
      const gifts = nodes(me.loyalty.surprises).filter((gift) => gift.state === "ISSUED");
      if (gifts.length && !el.open) {
        return h("button", { part: "button open", key: "open", onclick: () => el.reveal(gifts[0]) }, el.text("open"));
      }
      return gifts.length > 0 && gifts.map((gift) =>
        h("div", { part: "card surprise", class: "revealed", tabindex: -1, key: "gift" },
          h("p", { part: "number" }, gift.name), h("p", { part: "reason" }, gift.reason), codeLine(el, gift.code),
          gift.expiresAt && h("p", {}, h("small", {}, el.text("until", { date: el.date(gift.expiresAt) })))));
    },
  },
  checkout: {
    document: "MyLoyaltyAtCheckout",
    stranger: true,
    variables: (el) => ({ id: el.getAttribute("checkout"), ...el.where }),
    view(el, { checkout, me }) {
      if (!checkout || !checkout.loyalty) return null;
      const { points, redeemable, nextReward } = checkout.loyalty;
      const account = me && me.loyalty;
      return [
        h("p", { part: "earns" }, el.text("earns", { n: points })),
        account && h("p", { part: "available" }, el.text("have", { n: account.available })),
        redeemed(el),
        account && redeemable.length > 0 && offers(el, redeemable, account.available, checkout.id),
        missing(el, nextReward),
      ];
    },
  },
  recommendations: {
    document: "LoyaltyRecommendations",
    stranger: true,
    variables: (el) => Object.fromEntries(
      ["channel", "kind", "product", "checkout"].map((name) => [name, el.getAttribute(name)])),
    view(el, { recommendations }) {
      const found = nodes(recommendations).filter(({ product }) => !el.unwanted.has(product.id));
      return found.length > 0 && h("ul", { class: "cards", part: "list" }, found.map(({ product, reason }) => {
        const range = product.pricing && product.pricing.priceRange;
        const address = el.getAttribute("href");
        const link = { part: "name", key: "product" + product.id, onclick: (event) => el.select(product, event) };
        return h("li", { part: "card product" },
          product.thumbnail && h("img", { part: "image", src: product.thumbnail.url, alt: "", loading: "lazy" }),
          h("p", {}, address
            ? h("a", { ...link, href: address.replace("{slug}", encodeURIComponent(product.slug)).replace("{id}", product.id) }, product.name)
            : h("button", { ...link, class: "plain" }, product.name)),
          range && range.start && h("p", { part: "price" }, el.money(range.start.gross)),
          h("p", { part: "reason" }, h("small", {}, reason.text)),
          h("button", { class: "plain", part: "button not-for-me", "aria-label": el.text("notForMeName", { name: product.name }),
            ...el.waiting, onclick: () => el.notForMe(product) }, el.text("notForMe")));
      }));
    },
  },
  preferences: {
    document: "MyLoyaltyMessages",
    variables: () => ({}),
    view(el, { me: { loyalty } }) {
      const liked = new Map(loyalty.preferences.map((one) => [one.objectId, one.liked]));
      const level = "h" + Math.min(6, el.level + 1);
      const toggle = (one, like) => h("button", {
        class: "plain", part: "button taste", key: like + one.id, "aria-pressed": String(liked.get(one.id) === like),
        "aria-label": `${one.name}: ${el.text(like ? "like" : "dislike")}`, ...el.waiting,
        onclick: () => el.like(one.id, liked.get(one.id) === like ? "clear" : like ? "like" : "dislike"),
      }, el.text(like ? "like" : "dislike"));
      return [
        h(level, { part: "subtitle" }, el.text("messages")),
        h("ul", { part: "list" }, loyalty.communicationPreferences.map(({ kind, wanted }) => {
          const box = h("input", { type: "checkbox", key: kind, checked: wanted === true, ...el.waiting,
            onchange: (event) => el.choose(kind, event.target.checked) });
          box.indeterminate = wanted === null;
          return h("li", {}, h("label", {}, box,
            el.text(["SURPRISE", "REDEMPTION"].includes(kind) ? kind + "_MAIL" : kind)));
        })),
        el.choices.length > 0 && [
          h(level, { part: "subtitle" }, el.text("tastes")),
          h("ul", { class: "rows" }, el.choices.map((one) =>
            h("li", { class: "row" }, h("span", { part: "name" }, one.name),
              h("span", { class: "row" }, toggle(one, true), toggle(one, false))))),
        ],
      ];
    },
  },
  tier: {
    document: "MyLoyaltyTier",
    variables: (el) => el.where,
    view(el, { loyaltyTiers, me }) {
      const standing = me.loyalty.tier;
      if (!loyaltyTiers || !standing) return null;
      const { current, next, pointsToNext, points, fallsAt } = standing;
      const words = next && el.text("toNext", { n: pointsToNext, name: next.name });
      return [
        h("p", { part: "number tier" }, current ? current.name : el.text("noTier")),
        fallsAt && h("p", {}, el.text("falls", { date: el.date(fallsAt) })),
        next && [h("p", { part: "missing" }, words),
          h("progress", { part: "progress", max: next.threshold, value: points, "aria-label": words })],
        h("ol", { class: "rows", part: "list" }, loyaltyTiers.tiers.map((one) => {
          const here = current && one.code === current.code;
          return h("li", { class: "row", part: "step", "aria-current": here && "true" },
            h("span", { part: "name" }, one.name),
            h("small", {}, [here && el.text("now") + " · ", el.text("from", { n: one.threshold })]));
        })),
      ];
    },
  },
};

/** The page's way to ask gave no answer: what fails on the way is told apart from what fails with the answer. */
class Unanswered extends Error {
  constructor(cause) { super("", { cause }); }
}

export class SaleorReciprocity extends HTMLElement {
  static observedAttributes = ["show", "channel", "checkout", "checkout-token", "product", "kind", "lang", "heading", "open"];
  #data = null;
  #query = null;
  #state = "loading";
  #texts = {};
  #choices = [];
  #turn = 0;
  #keys = new Map();
  #owner = "";
  #listen = () => this.#query && this.refresh();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.body = h("section", { part: "section" });
    this.status = h("p", { role: "status", part: "status" });
    root.append(this.body, this.status);
    this.busy = false;
    this.redeemedNow = null;
    this.unwanted = new Set();
    this.chosen = new Map();
  }

  connectedCallback() {
    for (const name of ["data", "query", "state", "texts", "choices"]) {
      if (Object.hasOwn(this, name)) {  // set before this module was loaded
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    this.ownerDocument.addEventListener("reciprocity-changed", this.#listen);
    addEventListener("online", this.#listen);
    this.refresh();
  }

  disconnectedCallback() {
    this.ownerDocument.removeEventListener("reciprocity-changed", this.#listen);
    removeEventListener("online", this.#listen);
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected) return;
    ["lang", "heading", "open"].includes(name) ? this.render() : this.refresh();
  }

  get data() { return this.#data; }
  set data(data) {
    this.#turn++;  // an answer that is still on its way is older
    if (data && "me" in data) this.#belongTo(data.me ? data.me.id : "");
    this.#data = data;
    this.#state = data ? "ready" : "loading";
    this.busy = false;
    this.render();
  }

  /** What was told to one customer is not shown to the next. */
  #belongTo(customer) {
    if (this.#owner !== customer) {
      this.redeemedNow = null;
      this.say("");
    }
    this.#owner = customer;
  }

  get query() { return this.#query; }
  set query(query) {
    this.#query = query;
    if (this.isConnected) this.refresh();
  }

  get state() { return this.#state; }
  set state(state) { this.#state = state; this.busy = false; this.render(); }
  get texts() { return this.#texts; }
  set texts(own) { this.#texts = own; this.render(); }
  get choices() { return this.#choices; }
  set choices(choices) { this.#choices = choices; this.render(); }
  get show() { return this.getAttribute("show") || "balance"; }
  set show(part) { this.setAttribute("show", part); }
  get channel() { return this.getAttribute("channel"); }
  get where() { return { channel: this.channel, language: this.language }; }
  get open() { return this.hasAttribute("open"); }
  get level() { return Number(this.getAttribute("heading")) || 2; }
  get language() {
    const near = this.closest("[lang]") || (this.getRootNode().host && this.getRootNode().host.closest("[lang]"));
    return (near && near.lang) || "en";
  }

  /** A text in the element's language, with what it is about. */
  text(key, about = {}) {
    const table = texts[this.language.toLowerCase().startsWith("zh") ? "zh" : "en"];
    const form = this.#texts[key] || table[key] || key;
    const chosen = ([one, other = one]) => (about.n === 1 ? one : other);
    const told = { ...about, unit: chosen(this.#unit(table)) };
    if (typeof about.n === "number") told.n = this.number(about.n);
    return chosen(form.split("|")).replace(/\{(\w+)\}/g, (_, name) => told[name]);
  }

  /** What the shop calls its points, for 1 and for other numbers. */
  #unit(table) {
    const called = this.#data && this.#data.loyaltyPointsName;
    return called ? [called.one, called.other] : (this.#texts.unit || table.unit).split("|");
  }

  number(n) { return new Intl.NumberFormat(this.language).format(n); }
  money({ amount, currency }) { return new Intl.NumberFormat(this.language, { style: "currency", currency }).format(amount); }
  date(moment) { return new Intl.DateTimeFormat(this.language, { dateStyle: "medium" }).format(new Date(moment)); }

  /** Attributes of what cannot be done just now; it keeps the focus. */
  get waiting() { return { "aria-disabled": this.busy && "true" }; }

  /** Say something, also to a screen reader. */
  say(text) { this.status.textContent = text; }

  /** Ask again, if the page gave a way to ask. */
  async refresh() {
    if (!this.#query) return this.render();
    const part = PARTS[this.show];
    if (part === PARTS.checkout && !this.getAttribute("checkout") && !this.getAttribute("checkout-token")) {
      this.data = { checkout: null };
      return;
    }
    const turn = ++this.#turn;
    if (!this.#data) this.#state = "loading";
    this.render();
    try {
      const answer = await this.#ask(...this.question(part));
      if (turn === this.#turn) this.data = answer;
    } catch (trouble) {
      const state = this.#trouble(trouble);
      if (turn !== this.#turn) return;
      if (this.#data) this.say(this.text(state));  // what was shown is better than nothing
      else this.state = state;
    }
  }

  question(part) {
    const token = part === PARTS.checkout && this.getAttribute("checkout-token");
    if (token) return [documents.MyLoyaltyAtCheckout2, { token, ...this.where }];
    return [documents[part.document], part.variables(this)];
  }

  async #ask(document, variables) {
    let answer;
    try {
      answer = await this.#query(document, variables);
    } catch (trouble) {
      throw new Unanswered(trouble);
    }
    if (!answer) throw new TypeError("`query` gave no data.");
    return answer;
  }

  #trouble(trouble) {
    const unanswered = trouble instanceof Unanswered;
    const error = unanswered ? trouble.cause : trouble;
    this.emit("error", { error });
    return unanswered && (!navigator.onLine || error instanceof TypeError) ? "offline" : "error";
  }

  emit(name, detail, cancelable = false) {
    return this.dispatchEvent(new CustomEvent("reciprocity-" + name, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** What the customer wants done: told to the page, and done through `query` unless the page prevents it. */
  async act(name, operation, variables, field, done) {
    const wanted = { operation, document: documents[operation], variables };
    if (this.busy || !this.emit(name, wanted, true) || !this.#query) return;
    this.busy = true;
    this.say("");
    this.render();
    try {
      const payload = (await this.#ask(wanted.document, variables))[field];
      const [refusal] = payload.errors;
      this.busy = false;
      if (refusal) this.#refused(refusal);
      else {
        done(payload);
        this.emit("changed", payload);
      }
    } catch (trouble) {
      this.busy = false;
      this.say(this.text(this.#trouble(trouble)));
    }
    this.render();
  }

  #refused({ code, message }) {
    this.emit("refused", { code, message });
    const known = this.text(code);
    this.say(known === code ? message || this.text("error") : known);
  }

  redeem(reward, points, checkoutId) {
    const about = [this.#owner, reward.id, points, checkoutId].join();
    if (!this.#keys.has(about)) this.#keys.set(about, newKey());
    const input = { rewardId: reward.id, idempotencyKey: this.#keys.get(about) };
    if (points !== undefined) input.points = points;
    if (checkoutId) input.checkoutId = checkoutId;
    return this.act("redeem", "LoyaltyRedeem", { input }, "pointsRedeem", ({ redemption, onCheckout }) => {
      this.#keys.delete(about);
      this.redeemedNow = onCheckout ? null : redemption;
      this.say(onCheckout ? this.text("applied", { money: this.money(redemption.value) })
        : redemption.code ? `${this.text("code", redemption)}: ${redemption.code}` : this.text("redeemedService", redemption));
    });
  }

  giveBack({ id, points }) {
    return this.act("give-back", "LoyaltyGiveBack", { id }, "pointsRedemptionCancel",
      () => this.say(this.text("givenBack", { n: points })));
  }

  notForMe({ id, name }) {
    return this.act("not-for-me", "LoyaltyPreferences", { input: { notInterested: [id] } }, "preferencesUpdate", () => {
      this.unwanted.add(id);
      this.say(this.text("removed", { name }));
    });
  }

  like(id, how) {
    return this.act("like", "LoyaltyPreferences", { input: { [how]: [id] } }, "preferencesUpdate", () => this.say(this.text("saved")));
  }

  choose(kind, wanted) {
    return this.act("choose", "LoyaltyChooseMessages", { input: [{ kind, wanted }] }, "communicationPreferencesUpdate",
      () => this.say(this.text("saved")));
  }

  async more(after) {
    if (!this.emit("more", { after }, true) || !this.#query || this.busy) return;
    this.busy = true;
    const turn = ++this.#turn;
    try {
      const next = await this.#ask(documents.MyLoyaltyHistory, { after, ...this.where });
      if (turn !== this.#turn) return;
      const { me } = this.#data;
      const entries = next.me.loyalty.entries;
      const edges = [...me.loyalty.entries.edges, ...entries.edges];
      this.data = { ...this.#data, me: { ...me, loyalty: { ...me.loyalty, entries: { ...entries, edges } } } };
    } catch (trouble) {
      this.busy = false;
      this.say(this.text(this.#trouble(trouble)));
    }
  }

  reveal(gift) {
    this.emit("reveal", gift);
    this.setAttribute("open", "");
    this.say(this.text("opened", gift));
    this.body.querySelector("[key=gift]").focus();
  }

  select(product, event) {
    if (!this.emit("select", product, true)) event.preventDefault();
  }

  async copy(code) {
    this.emit("copy", { code });
    try {
      await navigator.clipboard.writeText(code);
      this.say(this.text("copied", { code }));
    } catch {
      const shown = [...this.body.querySelectorAll("code")].find((one) => one.textContent === code);
      getSelection().selectAllChildren(shown);
      this.say(code);
    }
  }

  render() {
    const part = PARTS[this.show];
    if (!part || !this.isConnected) return;
    const focused = this.shadowRoot.activeElement && this.shadowRoot.activeElement.getAttribute("key");
    const opened = [...this.body.querySelectorAll("details[open] > summary")].map((one) => one.getAttribute("key"));
    const title = this.text(this.show);
    this.body.setAttribute("aria-label", title);
    if (/^(en|zh)/i.test(this.language) || Object.keys(this.#texts).length) this.body.removeAttribute("lang");
    else this.body.lang = "en";
    this.body.setAttribute("aria-busy", String(this.busy || this.#state === "loading"));
    this.body.replaceChildren(...[h("h" + this.level, { part: "title" }, title), this.#content(part)].flat(9).filter(Boolean));
    for (const summary of this.body.querySelectorAll("summary")) {
      summary.parentNode.open = opened.includes(summary.getAttribute("key"));
    }
    const again = focused && this.body.querySelector(`[key="${CSS.escape(focused)}"]`);
    if (again && again !== this.shadowRoot.activeElement) again.focus();
  }

  #content(part) {
    if (this.#state === "loading") return h("p", { part: "loading" }, this.text("loading"));
    if (this.#state !== "ready") return this.#failed(this.#state);
    if (!part.stranger && !(this.#data.me && this.#data.me.loyalty)) return h("p", { part: "empty" }, this.text("signIn"));
    try {
      return part.view(this, this.#data) || h("p", { part: "empty" }, this.text("empty"));
    } catch (trouble) {
      return this.#failed(this.#trouble(trouble));
    }
  }

  #failed(state) {
    return [h("p", { part: "error", role: "alert" }, this.text(state)),
      h("button", { class: "plain", part: "button retry", key: "retry", onclick: () => this.emit("retry", {}, true) && this.refresh() }, this.text("retry"))];
  }
}

if (!customElements.get("saleor-reciprocity")) customElements.define("saleor-reciprocity", SaleorReciprocity);
