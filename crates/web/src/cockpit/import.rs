// SPDX-License-Identifier: EUPL-1.2
//! Inviting many at once: a list is read here, shown as what it will do, then carried out; the links leave as one file.

use super::{
    Cockpit,
    batch::{Import, offer},
    focused, head, preview,
    root_file::chosen,
    sheet,
    table::counted,
};
use crate::{
    file::save,
    part::{
        art::{self, Capsule},
        field::{button, button_with},
        icon::{Icon, icon},
        live,
    },
    place::{Area, Place},
    text::{t, words},
};
use leptos::{ev, html, prelude::*};

/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Choose,
    Check,
    Busy,
    Done,
}

pub fn import(cockpit: Cockpit) -> AnyView {
    let step = Memo::new(move |_| step(cockpit.import));
    live(move || match step.get() {
        Step::Choose => choose(cockpit.import),
        Step::Check => preview::preview(cockpit),
        Step::Busy => busy(cockpit.import),
        Step::Done => done(cockpit),
    })
}

fn step(import: Import) -> Step {
    if import.done.with(|done| !done.is_empty()) {
        Step::Done
    } else if import.busy.get() > 0 {
        Step::Busy
    } else if import.sheet.with(Option::is_some) {
        Step::Check
    } else {
        Step::Choose
    }
}

fn choose(import: Import) -> AnyView {
    let template = || {
        let rows =
            [vec![t("admin-name"), t("admin-unit")], vec!["Ada Beispiel".into(), t("admin-import-example-unit")]];
        save::bytes(&t("admin-import-template-file"), "text/csv", &sheet::write(rows));
    };
    let trouble = move || {
        let trouble = import.trouble.get();
        trouble.map(|trouble| {
            html::div()
                .class("rp-banner rp-banner--danger")
                .attr("role", "alert")
                .child((icon(Icon::Warn), html::div().class("rp-grow").child(live(move || t(trouble.text())))))
        })
    };
    (
        head(
            "admin-import",
            || t("admin-import-text"),
            button_with(Icon::Download, "admin-import-template", "", template),
        ),
        html::div().class("rp-scroll").child(html::div().class("rp-import").child((
            trouble,
            drop_zone(import),
            paste(import),
            html::p().class("rp-sm rp-muted").child(words("admin-import-columns")),
        ))),
    )
        .into_any()
}

/// A file by hand or by letting it fall here.
fn drop_zone(import: Import) -> AnyView {
    let over = RwSignal::new(false);
    let input = html::input()
        .attr("type", "file")
        .class("rp-sr")
        .attr("accept", ".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values")
        .on(ev::change, move |event| {
            if let Some(file) = chosen(&event) {
                import.take(file);
            }
        });
    html::div()
        .class("rp-drop")
        .class(("is-over", move || over.get()))
        .on(ev::dragover, move |event| {
            event.prevent_default();
            over.set(true);
        })
        .on(ev::dragleave, move |_| over.set(false))
        .on(ev::drop, move |event| {
            event.prevent_default();
            over.set(false);
            let files = event.data_transfer().and_then(|data| data.files());
            if let Some(file) = files.and_then(|files| files.get(0)) {
                import.take(file);
            }
        })
        .child((
            art::tube(Capsule::Ready),
            html::p().child(words("admin-import-drop")),
            html::label().class("rp-btn rp-btn--primary rp-filebtn").child((
                input,
                icon(Icon::Upload),
                html::span().child(words("admin-import-choose")),
            )),
        ))
        .into_any()
}

fn paste(import: Import) -> AnyView {
    let text = RwSignal::new(String::new());
    html::form()
        .class("rp-form")
        .on(ev::submit, move |event| {
            event.prevent_default();
            import.look_at(t("admin-import-pasted"), text.get_untracked().as_bytes());
        })
        .child((
            html::label().class("rp-lineinput").child((
                html::span().child(words("admin-import-paste")),
                html::textarea()
                    .class("rp-input rp-import__text")
                    .attr("rows", "5")
                    .attr("spellcheck", "false")
                    .attr("placeholder", words("admin-import-placeholder"))
                    .on(ev::input, move |event| text.set(event_target_value(&event))),
            )),
            html::div().child(
                html::button()
                    .attr("type", "submit")
                    .class("rp-btn")
                    .prop("disabled", move || text.with(|text| text.trim().is_empty()))
                    .child(words("admin-import-check-paste")),
            ),
        ))
        .into_any()
}

fn busy(import: Import) -> AnyView {
    html::div()
        .class("rp-empty")
        .attr("role", "status")
        .child((
            art::tube(Capsule::Travelling),
            html::h1().class("rp-h2").child(live(move || counted("admin-import-busy", import.busy.get()))),
            html::p().child(words("admin-import-busy-text")),
        ))
        .into_any()
}

fn done(cockpit: Cockpit) -> AnyView {
    let import = cockpit.import;
    let count = move || import.done.with(Vec::len);
    let finish = move || {
        import.begin_anew();
        cockpit.app.go(Place::Admin(Area::People));
    };
    html::div()
        .class("rp-empty")
        .child((
            art::tube(Capsule::Travelling),
            focused("admin-import-done"),
            html::p().child(live(move || counted("admin-import-invited", count()))),
            html::div()
                .class("rp-banner rp-import__note")
                .child((icon(Icon::Warn), html::div().class("rp-grow").child(words("admin-import-keep-safe")))),
            button_with(Icon::Download, "admin-import-save", "rp-btn--primary", move || {
                import.done.with_untracked(|done| offer(done))
            }),
            button("admin-finished", "", finish),
        ))
        .into_any()
}
