// SPDX-License-Identifier: EUPL-1.2
// A person at a browser: finds things as people do, by their names.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';

export class Person {
  constructor(context, profile, page = context.pages()[0]) {
    this.context = context;
    this.profile = profile;
    this.page = page;
  }

  /** The same person in another tab of the same browser. */
  async tab() {
    return new Person(this.context, this.profile, await this.context.newPage());
  }

  /** Opens an invitation and waits for the list. */
  async enter(link) {
    await this.page.goto(link);
    await this.ready();
  }

  ready() {
    return expect(this.list).toBeVisible();
  }

  /** The same page again, and the list or the conversation it was at. */
  async reload() {
    await this.page.reload();
    await expect(this.page.locator('.rp-app')).toBeVisible();
  }

  get list() {
    return this.page.getByRole('heading', { name: 'Unterhaltungen', exact: true });
  }

  /** The release is whole on the device, and its worker serves this page from now on. */
  async kept() {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await expect.poll(() => this.page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  }

  row(name) {
    return this.page.locator('.rp-side .rp-row', { hasText: name }).first();
  }

  async open(name) {
    await this.row(name).click();
    await expect(this.head).toHaveText(name);
  }

  get head() {
    return this.page.locator('.rp-head h1');
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  get thread() {
    return this.page.getByRole('log');
  }

  get composer() {
    return this.page.getByRole('textbox', { name: 'Nachricht schreiben' });
  }

  /** Short words at the lower edge. */
  get toast() {
    return this.page.locator('.rp-toast');
  }

  /** A line of the middle column or of a room that says something is the matter. */
  banner(text) {
    return this.page.locator('.rp-banner', { hasText: text });
  }

  /** A message in the open conversation that holds the text. */
  message(text) {
    return this.page.locator('.rp-msg', { hasText: text }).last();
  }

  /** What stands in the open conversation, message by message. */
  texts() {
    return this.page.locator('.rp-msg .rp-text').allTextContents();
  }

  /** How far an own message got, in the words a screen reader says. */
  state(text) {
    return this.message(text).locator('.rp-bubble > .rp-meta > .rp-sr');
  }

  async write(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Begins a conversation with one person, or a group. */
  async begin(names, group) {
    await this.page.getByRole('button', { name: 'Neue Unterhaltung' }).first().click();
    for (const name of names) {
      await this.dialog.getByRole('searchbox').fill(name);
      await this.dialog.locator('.rp-hit', { hasText: name }).first().click();
    }
    if (group) await this.dialog.getByLabel('Name der Gruppe').fill(group);
    await this.dialog.locator('button[type=submit]').click();
    await expect(this.head).toHaveText(group ?? names[0]);
  }

  /** Gives files to the composer as its file button does. */
  async attach(files) {
    await this.page.getByRole('button', { name: 'Anhang, Ort, Ablauf' }).click();
    await this.page.locator('input[data-input=file]').setInputFiles(files);
  }

  /** Gives files to the composer as the camera does. */
  async shoot(file) {
    await this.page.locator('input[data-input=camera]').setInputFiles(file);
  }

  /** All that is attached lies in this device's store. */
  async attached(count) {
    await expect(this.page.locator('.rp-att.is-done')).toHaveCount(count);
  }

  /** Chooses from a message's menu. */
  async act(text, what) {
    await this.message(text).getByRole('button', { name: 'Was mit der Nachricht geschehen soll' }).click();
    await this.page.getByRole('menuitem', { name: what }).click();
  }

  /** Hands a message on to a conversation or a person. */
  async forward(text, to) {
    await this.act(text, 'Weiterleiten');
    await this.dialog.getByRole('searchbox').fill(to);
    await this.dialog.locator('.rp-hit', { hasText: to }).first().click();
    await expect(this.toast).toContainText('Weitergeleitet');
  }

  /** Does something that ends in a download; answers its name and bytes. */
  async download(act) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  async offline(is) {
    await this.context.setOffline(is);
  }

  close() {
    return this.context.close();
  }
}
