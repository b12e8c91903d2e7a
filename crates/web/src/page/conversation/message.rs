// SPDX-License-Identifier: EUPL-1.2
//! One message: who, what, when, how far it got, and how long it stays.

use super::{
    Open, menu, photo,
    rows::{MessageRow, is_own},
};
use crate::{
    part::{
        avatar,
        icon::{Icon, Size, icon, sized, small},
        live,
    },
    state::{App, app},
    text::{t, tr, words},
    time,
};
use client_api::{Delivery, Expiry, ForwardedView, MessageState, MessageView, Place, QuoteView};
use leptos::{ev, html, prelude::*};
use std::time::Duration;

/// A message that is drawn once: what becomes of it on its way changes only where it shows.
pub fn message(open: Open, row: Memo<MessageRow>) -> AnyView {
    let app = app();
    let (id, sender, own) = row.with_untracked(|row| (row.view.id, row.view.sender, is_own(&row.view)));
    let (first, last) = (Memo::new(move |_| row.with(|row| row.first)), Memo::new(move |_| row.with(|row| row.last)));
    let waiting = Memo::new(move |_| own && row.with(|row| row.view.delivery == Delivery::Waiting));
    let new = move || row.with(|row| !own && !row.view.displayed && row.view.state == MessageState::Shown);
    let lasting = Memo::new(move |_| row.with(MessageRow::lasting));
    let beside = move || {
        (!own).then(|| match last.get() {
            true => lasting.with(|row| avatar::person(&row.view.sender, &row.view.sender_name, avatar::Size::Small)),
            false => html::span().into_any(),
        })
    };
    let body = move || {
        lasting.with(|still| match still.view.state {
            MessageState::Shown => shown(open, still, row),
            _ => gone(&still.view, still.first),
        })
    };
    html::article()
        .class(format!("rp-msg hue-{}", avatar::hue(sender.as_bytes())))
        .class(("is-own", own))
        .class(("is-first", move || first.get()))
        .class(("is-last", move || last.get()))
        .class(("is-queued", move || waiting.get() && app.outage().is_some()))
        .attr("tabindex", "-1")
        .attr("data-row", move || row.with(|row| row.view.position.to_string()))
        .attr("data-message", id.to_string())
        .attr("data-new", move || new().then_some(""))
        .child((beside, body, move || waiting.get().then(|| row.with_untracked(|row| under(app, open, &row.view)))))
        .into_any()
}

fn sender(view: &MessageView) -> AnyView {
    let unit = view.sender_unit.clone().map(|unit| html::small().attr("dir", "auto").child(unit));
    html::div()
        .class("rp-bubble__name")
        .child((html::span().attr("dir", "auto").child(view.sender_name.clone()), unit))
        .into_any()
}

fn shown(open: Open, still: &MessageRow, row: Memo<MessageRow>) -> AnyView {
    let view = &still.view;
    let name = (still.first && !is_own(view)).then(|| sender(view));
    let quote = view.in_reply_to.clone().map(|quote| quoted(open, quote));
    let order = view.forwarded_from.clone().map(provenance);
    let text = view.text.clone().filter(|text| !text.is_empty()).map(|text| paragraphs(&text));
    let more = menu::button(open, row);
    html::div()
        .class("rp-bubble")
        .class(("rp-bubble--order", order.is_some()))
        .child((
            name,
            quote,
            photo::photos(open, view),
            photo::files(open, view),
            facts(view),
            text,
            order,
            move || row.with(|row| meta(&row.view)),
            more,
        ))
        .into_any()
}

/// Text as it was typed: lines and blank lines stay, addresses of the web become links.
fn paragraphs(text: &str) -> AnyView {
    let parts: Vec<AnyView> = split_links(text)
        .into_iter()
        .map(|part| match part {
            TextPart::Plain(text) => text.into_any(),
            TextPart::Link(url) => html::a()
                .attr("href", url.clone())
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer")
                .child(url)
                .into_any(),
        })
        .collect();
    html::p().class("rp-text").attr("dir", "auto").child(parts).into_any()
}

#[derive(Debug, PartialEq, Eq)]
enum TextPart {
    Plain(String),
    Link(String),
}

/// Only whole `http(s)://` addresses; punctuation at their end belongs to the sentence.
fn split_links(text: &str) -> Vec<TextPart> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let url = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '“', '"', '»']);
        let is_link =
            ["https://", "http://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if is_link {
            if !plain.is_empty() {
                parts.push(TextPart::Plain(std::mem::take(&mut plain)));
            }
            parts.push(TextPart::Link(url.to_owned()));
            plain.push_str(piece.strip_prefix(url).unwrap_or_default());
        } else {
            plain.push_str(piece);
        }
    }
    if !plain.is_empty() {
        parts.push(TextPart::Plain(plain));
    }
    parts
}

fn quoted(open: Open, quote: QuoteView) -> AnyView {
    let app = app();
    let here = quote.sender.is_some();
    let text = quote.text.or(quote.attachment);
    let said = move || text.clone().unwrap_or_else(|| t("quote-gone"));
    let hue = quote.sender.map_or(0, |user| avatar::hue(user.as_bytes()));
    let (message, position) = (quote.message, quote.position);
    html::button()
        .attr("type", "button")
        .class(format!("rp-quote hue-{hue}"))
        .prop("disabled", !here)
        .on(ev::click, move |_| open.window.show(app, message, position))
        .child((
            here.then(|| html::b().attr("dir", "auto").child(quote.sender_name)),
            html::span().attr("dir", "auto").child(said),
        ))
        .into_any()
}

/// Where and when it was seen.
fn facts(view: &MessageView) -> AnyView {
    let place = view.place.map(|place| {
        html::span().class("rp-chip").child((icon(Icon::Pin), html::span().child(live(move || place_text(place)))))
    });
    let taken = view.captured_at.map(|at| {
        html::span().class("rp-chip").child((
            icon(Icon::Camera),
            html::span().class("rp-sr").child(words("captured")),
            html::span().child(live(move || time::in_sentence(at))),
        ))
    });
    let any = place.is_some() || taken.is_some();
    any.then(|| html::div().class("rp-facts").child((place, taken))).into_any()
}

/// Degrees with five places (about a metre), and how sure it is.
pub fn place_text(place: Place) -> String {
    let degrees = |e7: i32| {
        let text = format!("{:.5}", f64::from(e7) / 1e7);
        if crate::text::language() == crate::text::Language::German { text.replace('.', ",") } else { text }
    };
    let here = format!("{} / {}", degrees(place.latitude_e7), degrees(place.longitude_e7));
    if place.accuracy_m > 0 { format!("{here} · ±{} m", place.accuracy_m) } else { here }
}

/// Who wrote a handed-on message, and whether that is proven.
fn provenance(from: ForwardedView) -> AnyView {
    let verified = from.verified;
    let who = from.sender_name.clone();
    let unit = from.sender_unit.clone().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let sent = from.sent_at;
    let text = move || {
        tr(
            "forwarded-from",
            &[("who", who.as_str().into()), ("unit", unit.as_str().into()), ("when", time::in_sentence(sent).into())],
        )
    };
    let key = if verified { "forwarded-verified" } else { "forwarded-unverified" };
    html::div()
        .class("rp-prov")
        .class(("is-bad", !verified))
        .child((
            small(if verified { Icon::Shield } else { Icon::Warn }),
            html::div().child((html::span().child(text), " ", html::b().child(words(key)))),
        ))
        .into_any()
}

/// Time, how far an own message got, and how long it stays.
fn meta(view: &MessageView) -> AnyView {
    let at = view.sent_at;
    let state = match view.delivery {
        Delivery::Received => None,
        Delivery::Waiting => Some((Icon::Clock, "state-waiting")),
        Delivery::Stored => Some((Icon::Check, "state-stored")),
        Delivery::Delivered => Some((Icon::Checks, "state-delivered")),
    };
    let state = state.map(|(what, key)| (icon(what), html::span().class("rp-sr").child(words(key))));
    html::span()
        .class("rp-meta")
        .child((
            burn(view),
            html::time().attr("title", move || time::in_sentence(at)).child(live(move || time::clock(at))),
            state,
        ))
        .into_any()
}

/// The self-destruct clock: what was chosen, then what is left.
fn burn(view: &MessageView) -> AnyView {
    let tick = RwSignal::new(0u32);
    let text: Box<dyn Fn() -> String + Send> = match (view.expires, view.expires_at) {
        (Expiry::Never, None) => return ().into_any(),
        (_, Some(until)) => {
            let handle = set_interval_with_handle(
                move || tick.update(|tick| *tick = tick.wrapping_add(1)),
                Duration::from_secs(1),
            );
            on_cleanup(move || {
                if let Ok(handle) = handle {
                    handle.clear();
                }
            });
            Box::new(move || {
                tick.track();
                time::left(until)
            })
        }
        (Expiry::AfterReading(secs), None) => Box::new(move || time::span(secs)),
        (Expiry::At(until), None) => Box::new(move || time::left(until)),
    };
    let label = if view.expires_at.is_some() { "expires-in" } else { "expires-after-reading" };
    html::span()
        .class("rp-burn rp-meta rp-meta--in")
        .child((icon(Icon::Timer), html::span().class("rp-sr").child(words(label)), html::span().child(text)))
        .into_any()
}

/// An own message that is still here, and why.
fn under(app: App, open: Open, view: &MessageView) -> AnyView {
    let id = view.id;
    let cancel = move || {
        html::button()
            .attr("type", "button")
            .on(ev::click, move |_| menu::cancel(app, open, id))
            .child(words("cancel-send"))
    };
    let uploads: Vec<_> = view.attachments.iter().map(|one| (one.id, one.size_bytes)).collect();
    live(move || {
        let problem = app.conversation(open.id).and_then(|one| one.problem);
        if let Some(why) = problem {
            let text = tr("waiting-because", &[("why", crate::saying::reason(why).into())]);
            return html::div()
                .class("rp-under rp-under--wait")
                .child((sized(Icon::Clock, Size::Tiny), text, cancel()))
                .into_any();
        }
        if let Some(outage) = app.outage() {
            return html::div()
                .class("rp-under rp-under--bad")
                .child((
                    sized(Icon::Offline, Size::Tiny),
                    t(outage.pick("waiting-offline", "waiting-unreachable")),
                    cancel(),
                ))
                .into_any();
        }
        let moving = app.moving.with(|all| {
            uploads
                .iter()
                .filter_map(|(id, _)| all.get(id))
                .fold((0u64, 0u64), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        });
        match moving {
            (_, 0) => html::div().class("rp-under").child(t("sending")).into_any(),
            (done, total) => {
                let percent = (done * 100 / total.max(1)).min(100);
                html::div()
                    .class("rp-under rp-under--moving")
                    .child((
                        html::div()
                            .class("rp-tube rp-tube--thin")
                            .attr("role", "progressbar")
                            .attr("aria-label", t("uploading"))
                            .attr("aria-valuenow", percent.to_string())
                            .attr("aria-valuemin", "0")
                            .attr("aria-valuemax", "100")
                            .child(html::i().style(("width", format!("{percent}%")))),
                        html::span().class("rp-num").child(format!("{percent} %")),
                        cancel(),
                    ))
                    .into_any()
            }
        }
    })
}

/// Nothing of it is left.
fn gone(view: &MessageView, first: bool) -> AnyView {
    let (what, key) = match view.state {
        MessageState::Expired => (Icon::Timer, "message-expired"),
        _ => (Icon::Trash, "message-deleted"),
    };
    let name = (first && !is_own(view)).then(|| sender(view));
    let at = view.sent_at;
    html::div()
        .class("rp-bubble rp-bubble--ghost")
        .child((
            name,
            html::span().class("rp-gone").child((small(what), html::span().child(words(key)))),
            html::span().class("rp-meta").child(html::time().child(live(move || time::clock(at)))),
        ))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(bool, &str)]) {
        let parts: Vec<(bool, String)> = split_links(text)
            .into_iter()
            .map(|part| match part {
                TextPart::Plain(text) => (false, text),
                TextPart::Link(url) => (true, url),
            })
            .collect();
        let expect: Vec<(bool, String)> = expect.iter().map(|(link, text)| (*link, (*text).to_owned())).collect();
        assert_eq!(parts, expect, "{text}");
        assert_eq!(parts.into_iter().map(|(_, text)| text).collect::<String>(), text);
    }

    #[test]
    fn whole_web_addresses_become_links_and_nothing_else() {
        check(
            "siehe https://musterstadt.de/a?b=1.",
            &[(false, "siehe "), (true, "https://musterstadt.de/a?b=1"), (false, ".")],
        );
        check("javascript:alert(1) http:// data:x", &[(false, "javascript:alert(1) http:// data:x")]);
        check("https://a.de\nhttp://b.de", &[(true, "https://a.de"), (false, "\n"), (true, "http://b.de")]);
        check("", &[]);
    }
}
