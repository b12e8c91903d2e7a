// SPDX-License-Identifier: EUPL-1.2
// A person at a browser: finds things as people do, by their names.
import { expect } from '@playwright/test';

export class Person {
  constructor(context, profile) {
    this.context = context;
    this.profile = profile;
    this.page = context.pages()[0];
  }

  /** Opens an invitation and waits for the list. */
  async enter(link) {
    await this.page.goto(link);
    await this.ready();
  }

  ready() {
    return expect(this.page.getByRole('heading', { name: 'Unterhaltungen', exact: true })).toBeVisible();
  }

  row(name) {
    return this.page.locator('.rp-row', { hasText: name }).first();
  }

  async open(name) {
    await this.row(name).click();
    await expect(this.page.locator('.rp-head h1')).toHaveText(name);
  }

  get thread() {
    return this.page.getByRole('log');
  }

  get composer() {
    return this.page.getByRole('textbox', { name: 'Nachricht schreiben' });
  }

  /** A message in the open conversation that holds the text. */
  message(text) {
    return this.page.locator('.rp-msg', { hasText: text }).last();
  }

  async write(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Begins a conversation with one person, or a group. */
  async begin(names, group) {
    await this.page.getByRole('button', { name: 'Neue Unterhaltung' }).first().click();
    const dialog = this.page.getByRole('dialog');
    for (const name of names) {
      await dialog.getByRole('searchbox').fill(name);
      await dialog.locator('.rp-hit', { hasText: name }).first().click();
    }
    if (group) await dialog.getByLabel('Name der Gruppe').fill(group);
    await dialog.locator('button[type=submit]').click();
    await expect(this.page.locator('.rp-head h1')).toHaveText(group ?? names[0]);
  }

  /** Gives files to the composer as its file button does. */
  async attach(files) {
    await this.page.getByRole('button', { name: 'Anhang, Ort, Ablauf' }).click();
    await this.page.locator('input[data-input=file]').setInputFiles(files);
  }

  async offline(is) {
    await this.context.setOffline(is);
  }

  close() {
    return this.context.close();
  }
}
