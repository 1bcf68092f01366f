/* What all pages of the demo's shop share: who is signed in, the API, and the words in both languages. */

const WORDS = {
  en: {
    shop: "Shop", cart: "Cart", account: "Account", mailbox: "Mailbox", time: "Time", desk: "Desk", language: "中文",
    welcome: "A small shop on a real Saleor. Sign in under Account, buy something, and see what comes of it.",
    everything: "Everything", add: "Add to cart", addName: "Add {name} to the cart", added: "In the cart: {name}.",
    signInFirst: "Sign in under Account first; six sample customers are waiting.", cartEmpty: "Nothing in the cart yet.",
    total: "Total with shipping: {money}", discount: "{money} off.", code: "Code", use: "Use it", codeUsed: "The code is on this order.",
    pay: "Pay {money} (test payment)", thanks: "Thank you!", brings: "Order {number} brings {n} points.", toAccount: "To your account",
    signInAs: "Sign in as …", signIn: "Sign in", asName: "Sign in as {name}", email: "E-mail", password: "Password", wrong: "That is not right.",
    leave: "Sign out", signedIn: "Signed in: {email}", mailsAre: "The mails that the shop has really sent, the newest first: yours when you are signed in, otherwise all.",
    look: "Look again", noMails: "No mail yet.", today: "Today is {date}.", todayAhead: "In the demo it is {date}, {days} days ahead.",
    ship: "Ship all open orders", shipAbout: "What staff would do: points of shipped goods become available after 14 days.",
    shipped: "Shipped: {numbers}.", month: "Let a month pass", monthPassed: "A month has passed. Look at the account and the mailbox.",
    monthAbout: "Points mature and expire, surveys come due, tiers move; all mails of that time are sent.", wait: "One moment …",
  },
  zh: {
    shop: "商店", cart: "购物车", account: "账户", mailbox: "邮箱", time: "时间", desk: "工作台", language: "English",
    welcome: "真实 Saleor 上的一家小店。请在“账户”中登录，买点东西，看看会发生什么。",
    everything: "全部商品", add: "加入购物车", addName: "将 {name} 加入购物车", added: "已加入购物车：{name}。",
    signInFirst: "请先在“账户”中登录；有六位示例顾客。", cartEmpty: "购物车还是空的。",
    total: "含运费合计：{money}", discount: "已减 {money}。", code: "优惠码", use: "使用", codeUsed: "优惠码已用于本单。",
    pay: "支付 {money}（测试）", thanks: "谢谢！", brings: "订单 {number} 可得 {n} 积分。", toAccount: "前往账户",
    signInAs: "登录为…", signIn: "登录", asName: "登录为 {name}", email: "电子邮箱", password: "密码", wrong: "邮箱或密码不正确。",
    leave: "退出", signedIn: "已登录：{email}", mailsAre: "商店真正发出的邮件，最新的在前：登录后只显示您的，否则显示全部。",
    look: "再看一次", noMails: "还没有邮件。", today: "今天是 {date}。", todayAhead: "演示时间是 {date}，提前了 {days} 天。",
    ship: "为所有订单发货", shipAbout: "相当于店员发货：发货 14 天后积分可用。",
    shipped: "已发货：{numbers}。", month: "过一个月", monthPassed: "一个月过去了。请看账户和邮箱。",
    monthAbout: "积分生效或过期，问卷到期，等级变动；期间的邮件都会发出。", wait: "请稍候…",
    "buys every month": "每月都买", "buys every other month": "隔月购买", "buys in every season": "每季购买",
    "was unhappy and stayed away": "不满意，没再来", "has just found the shop": "刚发现这家店", "comes back now and then": "偶尔回来",
  },
};
const ADDRESS = { firstName: "Ada", lastName: "Lovelace", streetAddress1: "1600 Amphitheatre Parkway", city: "Mountain View",
  countryArea: "CA", postalCode: "94043", country: "US" };

export const language = localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";

export const t = (key, about = {}) => (WORDS[language][key] || WORDS.en[key] || key).replace(/\{(\w+)\}/g, (_, name) => about[name]);
export const money = ({ amount, currency }) => new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }).format(amount);
export const nodes = (connection) => connection.edges.map((edge) => edge.node);
export const my = () => JSON.parse(localStorage.getItem("me") || "null");
export const leave = () => localStorage.removeItem("me");
export const say = (text) => { document.getElementById("said").textContent = text; };

export function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** The data of an answer. This is all that the elements get. */
export async function ask(query, variables = {}) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  if (my()) headers.Authorization = `JWT ${my().token}`;
  const response = await fetch("/graphql/", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** The payload of a mutation whose arguments are given as type and value, or null after saying why not. */
export async function act(mutation, result, args) {
  const declared = Object.entries(args).map(([name, [type]]) => `$${name}: ${type}`).join(", ");
  const passed = Object.keys(args).map((name) => `${name}: $${name}`).join(", ");
  const values = Object.fromEntries(Object.entries(args).map(([name, [, value]]) => [name, value]));
  const payload = (await ask(`mutation (${declared}) { ${mutation}(${passed}) { errors { field message } ${result} } }`, values))[mutation];
  if (!payload.errors.length) return payload;
  say(payload.errors[0].message);
  return null;
}

export async function signIn(email, password) {
  leave();
  const answer = await ask("mutation ($email: String!, $password: String!) { tokenCreate(email: $email, password: $password) { token } }", { email, password });
  if (answer.tokenCreate.token) localStorage.setItem("me", JSON.stringify({ email, token: answer.tokenCreate.token }));
  return answer.tokenCreate.token;
}

export async function addToCart(variantId) {
  if (!my()) return say(t("signInFirst"));
  const { checkout } = (await ask("{ me { checkout { id } } }")).me;
  const lines = [{ variantId, quantity: 1 }];
  if (checkout) return act("checkoutLinesAdd", "checkout { id }", { checkoutId: ["ID", checkout.id], lines: ["[CheckoutLineInput]!", lines] });
  const input = { email: my().email, lines, shippingAddress: ADDRESS, billingAddress: ADDRESS };
  return act("checkoutCreate", "checkout { id }", { input: ["CheckoutCreateInput!", input] });
}

for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
for (const link of document.querySelectorAll("nav a")) if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
document.getElementById("who").textContent = my() ? t("signedIn", { email: my().email }) : "";
const other = document.getElementById("language");
other.textContent = t("language");
other.lang = language === "zh" ? "en" : "zh-Hans";
other.onclick = () => { localStorage.setItem("language", language === "zh" ? "en" : "zh"); location.reload(); };
fetch("/plugins/saleor_reciprocity/desk/").then(async (desk) => {
  await desk.text();
  document.getElementById("desk").hidden = !desk.ok;
});
for (const element of document.querySelectorAll("saleor-reciprocity")) element.query = ask;
