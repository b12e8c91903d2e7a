// SPDX-License-Identifier: EUPL-1.2
//! What a screen asks the engine for: on its way, here, or failed; only the newest question's answer counts.

use crate::{
    part::{field::button_with, icon::Icon, live},
    saying,
    text::words,
};
use client_api::port::PortError;
use leptos::{html, prelude::*, task::spawn_local};

/// How far an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded<T> {
    Waiting,
    Here(T),
    Failed(PortError),
}

impl<T> Loaded<T> {
    pub fn here(&self) -> Option<&T> {
        match self {
            Self::Here(value) => Some(value),
            Self::Waiting | Self::Failed(_) => None,
        }
    }

    pub fn map<U>(&self, change: impl FnOnce(&T) -> U) -> Loaded<U> {
        match self {
            Self::Waiting => Loaded::Waiting,
            Self::Here(value) => Loaded::Here(change(value)),
            Self::Failed(error) => Loaded::Failed(error.clone()),
        }
    }
}

/// An answer that is asked for again whenever something its question reads changes; the old one stays shown meanwhile.
pub struct Fetch<T> {
    pub now: RwSignal<Loaded<T>>,
    again: RwSignal<u64>,
}

impl<T> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Fetch<T> {}

impl<T: Send + Sync + 'static> Fetch<T> {
    pub fn new<F>(question: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, PortError>> + 'static,
    {
        let fetch = Self { now: RwSignal::new(Loaded::Waiting), again: RwSignal::new(0) };
        let asked = RwSignal::new(0u64);
        Effect::new(move |_| {
            fetch.again.track();
            let answer = question();
            let number = asked.get_untracked() + 1;
            asked.set(number);
            spawn_local(async move {
                let answer = answer.await;
                if asked.try_get_untracked() != Some(number) {
                    return;
                }
                fetch.now.set(match answer {
                    Ok(value) => Loaded::Here(value),
                    Err(error) => Loaded::Failed(error),
                });
            });
        });
        fetch
    }

    /// Asks once more, as if for the first time.
    pub fn retry(self) {
        self.now.set(Loaded::Waiting);
        self.again.update(|again| *again += 1);
    }
}

/// What went wrong, and a way to try again.
pub fn failed(error: PortError, again: impl Fn() + 'static) -> AnyView {
    html::div()
        .class("rp-empty")
        .attr("role", "alert")
        .child((
            html::h2().class("rp-h2").child(words("admin-failed")),
            html::p().child(live(move || saying::explain(&error))),
            button_with(Icon::Refresh, "try-again", "", again),
        ))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_is_here_can_be_read_or_changed() {
        assert_eq!(Loaded::Here(3).map(|three| three + 1), Loaded::Here(4));
        assert_eq!(Loaded::Here(3).here(), Some(&3));
        let failed = Loaded::<u32>::Failed(PortError::Broken);
        assert_eq!(failed.map(|value| value + 1), Loaded::Failed(PortError::Broken));
        assert_eq!((failed.here(), Loaded::<u32>::Waiting.here()), (None, None));
    }
}
