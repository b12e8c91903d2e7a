// SPDX-License-Identifier: EUPL-1.2
//! What needs the root file and its passphrase: making an administrator, and locking one out. Both stay in memory only.

use crate::{
    bridge,
    file::picture,
    part::{
        dialog::{self, Width},
        field::{button, line},
        live,
    },
    saying::{self, Toast},
    state::App,
    text::{t, tr, words},
};
use client_api::{Command, Passphrase, PersonView, UserId};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement};

/// Far more than such a file has.
const MOST_BYTES: f64 = 65_536.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Grant,
    LockOut,
}

impl Deed {
    /// Heading, what will happen, the button, and what is said when it is done.
    fn texts(self) -> [&'static str; 4] {
        match self {
            Self::Grant => ["admin-grant", "admin-grant-ask", "admin-grant-yes", "admin-granted"],
            Self::LockOut => ["admin-lock-heading", "admin-lock-admin-ask", "admin-lock-yes", "admin-locked-out"],
        }
    }
}

#[derive(Clone, Copy)]
struct Form {
    file: RwSignal<Option<Vec<u8>>>,
    passphrase: RwSignal<String>,
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

pub fn root_file(app: App, deed: Deed, person: PersonView, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let form = Form {
        file: RwSignal::new(None),
        passphrase: RwSignal::new(String::new()),
        tried: RwSignal::new(false),
        busy: RwSignal::new(false),
        wrong: RwSignal::new(None),
    };
    let [heading, text, yes, _] = deed.texts();
    let empty = move || (form.tried.get() && form.passphrase.with(String::is_empty)).then(|| t("admin-root-empty"));
    let fill = if deed == Deed::LockOut { "rp-btn--danger-fill" } else { "rp-btn--primary" };
    let user = person.user;
    let submit = html::button()
        .attr("type", "submit")
        .class(format!("rp-btn {fill}"))
        .prop("disabled", move || form.busy.get())
        .child(live(move || if form.busy.get() { t("admin-busy") } else { t(yes) }));
    let body = html::form()
        .class("rp-form rp-modal__text")
        .on(ev::submit, move |event| {
            event.prevent_default();
            send(app, form, deed, user, close);
        })
        .child((
            html::p().child(live(move || tr(text, &[("name", person.name.as_str().into())]))),
            chooser(form),
            line("password", "admin-root-passphrase", form.passphrase, empty),
            html::p().class("rp-sm rp-muted").child(words("admin-root-text")),
            move || form.wrong.get().map(|text| html::p().class("rp-line__wrong").attr("role", "alert").child(text)),
            html::div().class("rp-modal__acts").child((button("cancel", "", close), submit)),
        ));
    dialog::dialog(words(heading), Width::Small, close, body)
}

fn chooser(form: Form) -> AnyView {
    let missing = move || {
        let missing = form.tried.get() && form.file.with(Option::is_none);
        missing.then(|| html::span().class("rp-line__wrong").attr("role", "alert").child(words("admin-root-missing")))
    };
    let input = html::input().attr("type", "file").class("rp-input").on(ev::change, move |event| {
        form.wrong.set(None);
        if let Some(file) = chosen(&event) {
            spawn_local(take(form, file));
        }
    });
    html::label().class("rp-lineinput").child((html::span().child(words("admin-root-file")), input, missing)).into_any()
}

/// The first file of an input.
pub fn chosen(event: &Event) -> Option<File> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    input.files()?.get(0)
}

async fn take(form: Form, file: File) {
    let bytes = if file.size() <= MOST_BYTES { picture::bytes(&file).await } else { None };
    if form.file.try_get_untracked().is_none() {
        return;
    }
    if bytes.is_none() {
        form.wrong.set(Some(t("admin-root-unreadable")));
    }
    form.file.set(bytes);
}

fn send(app: App, form: Form, deed: Deed, user: UserId, close: impl Fn() + 'static) {
    form.tried.set(true);
    let passphrase = form.passphrase.get_untracked();
    let Some(bytes) = form.file.get_untracked().filter(|_| !passphrase.is_empty()) else { return };
    if form.busy.get_untracked() {
        return;
    }
    form.busy.set(true);
    form.wrong.set(None);
    let (root_file, passphrase) = (bytes.into(), Passphrase(passphrase));
    let command = match deed {
        Deed::Grant => Command::GrantIssuer { user, root_file, passphrase },
        Deed::LockOut => Command::RevokeIssuer { user, root_file, passphrase },
    };
    spawn_local(async move {
        let done = bridge::tell(command).await;
        let is_open = form.busy.try_get_untracked().is_some();
        match done {
            Ok(_) => {
                let [.., said] = deed.texts();
                app.say(Toast::done(said));
                if is_open {
                    close();
                }
            }
            Err(error) if is_open => {
                form.busy.set(false);
                form.wrong.set(Some(saying::explain(&error)));
            }
            Err(error) => app.complain(&error),
        }
    });
}
