// SPDX-License-Identifier: EUPL-1.2
//! Inviting one person: a name and a unit, then the link to hand over.

use super::{Cockpit, give_back_focus, link, order, sheet};
use crate::{
    bridge,
    part::{
        dialog::{self, Width},
        field::{button, button_with},
        icon::Icon,
        live,
    },
    saying,
    text::{t, tr, words},
};
use client_api::{Answer, Command, Link, NewPerson, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Names the list of units that the field offers.
const UNITS: &str = "admin-units-known";

#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    unit: RwSignal<String>,
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<PortError>>,
    /// Who was invited last, and their link.
    done: RwSignal<Option<(String, Link)>>,
}

impl Form {
    fn new() -> Self {
        Self {
            name: RwSignal::default(),
            unit: RwSignal::default(),
            tried: RwSignal::new(false),
            busy: RwSignal::new(false),
            wrong: RwSignal::new(None),
            done: RwSignal::new(None),
        }
    }

    fn person(self) -> NewPerson {
        let unit = sheet::tidy(&self.unit.get());
        NewPerson { name: sheet::tidy(&self.name.get()), unit: (!unit.is_empty()).then_some(unit) }
    }

    fn flaw(self) -> Option<sheet::Flaw> {
        let NewPerson { name, unit } = self.person();
        sheet::flaw(&name, unit.as_deref())
    }

    /// The unit stays: the next person is often a colleague.
    fn next(self) {
        self.name.set(String::new());
        self.tried.set(false);
        self.done.set(None);
    }
}

pub fn invite(cockpit: Cockpit, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    give_back_focus();
    let form = Form::new();
    let heading = move || {
        form.done.with(|done| match done {
            None => t("admin-invite"),
            Some((name, _)) => tr("admin-link-for", &[("name", name.as_str().into())]),
        })
    };
    let body = move || match form.done.get() {
        None => fields(cockpit, form, close),
        Some((name, link)) => {
            let more = html::div().class("rp-modal__acts").child((
                button("admin-finished", "", close),
                button_with(Icon::Userplus, "admin-invite-next", "", move || form.next()),
            ));
            link::link(name, link, more)
        }
    };
    dialog::dialog(heading, Width::Small, close, body)
}

fn fields(cockpit: Cockpit, form: Form, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let wrong = move || form.tried.get().then(|| form.flaw()).flatten().map(sheet::Flaw::text);
    let units = move || {
        let units = cockpit.everybody.now.with(|now| order::units(now.here().into_iter().flatten()));
        units.into_iter().map(|unit| html::option().attr("value", unit)).collect::<Vec<_>>()
    };
    let unit = html::label().class("rp-lineinput").child((
        html::span().child(words("admin-invite-unit")),
        html::input()
            .attr("type", "text")
            .class("rp-input")
            .attr("list", UNITS)
            .attr("autocomplete", "off")
            .prop("value", form.unit.get_untracked())
            .on(ev::input, move |event| form.unit.set(event_target_value(&event))),
        html::datalist().attr("id", UNITS).child(units),
    ));
    let submit = html::button()
        .attr("type", "submit")
        .class("rp-btn rp-btn--primary")
        .prop("disabled", move || form.busy.get())
        .child(live(move || if form.busy.get() { t("admin-busy") } else { t("admin-invite-make") }));
    html::form()
        .class("rp-form rp-modal__text")
        .on(ev::submit, move |event| {
            event.prevent_default();
            send(form);
        })
        .child((
            name(form),
            unit,
            move || wrong().map(|key| html::p().class("rp-line__wrong").attr("role", "alert").child(words(key))),
            move || {
                form.wrong.get().map(|error| {
                    html::p().class("rp-line__wrong").attr("role", "alert").child(live(move || saying::explain(&error)))
                })
            },
            html::p().class("rp-sm rp-muted").child(words("admin-invite-text")),
            html::div().class("rp-modal__acts").child((button("cancel", "", close), submit)),
        ))
        .into_any()
}

/// Has the focus when the form appears.
fn name(form: Form) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            request_animation_frame(move || {
                let _ = input.focus();
            });
        }
    });
    let invalid = move || (form.tried.get() && form.flaw().is_some()).then_some("true");
    html::label()
        .class("rp-lineinput")
        .child((
            html::span().child(words("admin-invite-name")),
            html::input()
                .attr("type", "text")
                .class("rp-input")
                .attr("autocomplete", "off")
                .attr("aria-required", "true")
                .attr("aria-invalid", invalid)
                .prop("value", form.name.get_untracked())
                .node_ref(input)
                .on(ev::input, move |event| form.name.set(event_target_value(&event))),
        ))
        .into_any()
}

fn send(form: Form) {
    form.tried.set(true);
    if untrack(|| form.flaw()).is_some() || form.busy.get_untracked() {
        return;
    }
    let person = untrack(|| form.person());
    let name = person.name.clone();
    form.busy.set(true);
    form.wrong.set(None);
    spawn_local(async move {
        let link = make(person).await;
        if form.done.try_get_untracked().is_none() {
            return;
        }
        form.busy.set(false);
        match link {
            Ok(link) => form.done.set(Some((name, link))),
            Err(error) => form.wrong.set(Some(error)),
        }
    });
}

async fn make(person: NewPerson) -> Result<Link, PortError> {
    match bridge::tell(Command::Invite(vec![person])).await? {
        Answer::Links(links) => links.into_iter().next().ok_or(PortError::Broken),
        _ => Err(PortError::Broken),
    }
}
