// Two browsers beside two apps: `tests/e2e/desktop/page.rs` drives the apps and is told what is seen here.
import { expect, live, signIn, test } from "../page";

function seen(what: string): void {
  console.log(`SEEN ${what}`);
}

test("two browsers see what two apps do", async ({ browsers }) => {
  test.setTimeout(240_000);
  const pages = [];
  for (const [login, size] of [
    ["ben", { width: 360, height: 640 }],
    ["anna", { width: 1100, height: 800 }],
  ] as const) {
    const page = await browsers.open({ viewport: size });
    await signIn(page, { login });
    await live(page);
    pages.push(page);
  }
  const [bens, annas] = pages;
  if (bens === undefined || annas === undefined) throw new Error("two pages were opened");
  const anna = bens.getByTestId("member").filter({ hasText: "anna" });
  await expect(anna.getByTestId("member-total")).toHaveText("0 min");
  seen("both pages");

  await expect(anna.getByTestId("sitting-now")).toBeVisible();
  seen("Anna sitting");
  await expect(anna.getByTestId("sitting-now")).toBeHidden();
  await expect(anna.getByTestId("member-total")).not.toHaveText("0 min");
  const total = (await anna.getByTestId("member-total").textContent()) ?? "";
  await expect(annas.getByTestId("member").first().getByTestId("member-total")).toHaveText(total);
  seen(`her total ${total.trim()}`);

  await expect(anna.getByTestId("member-total")).toHaveText("0 min");
  await expect(bens.getByTestId("together-sit")).toHaveCount(0);
  await expect(annas.getByTestId("member").first().getByTestId("member-private")).toBeVisible();
  seen("it gone");

  await expect(bens.getByTestId("proposal")).toHaveCount(1);
  seen("the proposal");
  for (const page of [bens, annas]) await expect(page.getByTestId("sitting-now")).toHaveCount(2);
  seen("both sitting");
  // The countdown, the sit, and the push after it.
  const sat = bens.getByTestId("together-sit").filter({ hasText: "Sat together" });
  await expect(sat).toHaveCount(1, { timeout: 120_000 });
  seen("that they sat together");
});
