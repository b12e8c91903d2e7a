// SPDX-License-Identifier: EUPL-1.2
//! A bad chain is refused three times: when adding, when judging a commit, when joining.

use super::{
    lax::{Lax, Style},
    *,
};
use crate::cert::CertError;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

type Chain = Vec<Vec<u8>>;
/// Its name, why it is refused, and how it is made for a key.
type Case = (&'static str, CertError, Box<dyn Fn(&SigningKey) -> Chain>);

fn cases(ours: &'static Town, foreign: &'static Town) -> Vec<Case> {
    let old = Timestamp(NOW.0 - 40 * 86_400_000);
    vec![
        ("foreign root", CertError::ForeignRoot, Box::new(|key| foreign.chain(9, 9, key, NOW))),
        ("expired", CertError::Expired, Box::new(move |key| ours.chain(9, 9, key, old))),
        ("another key", CertError::LeafKey, Box::new(|_| ours.chain(9, 9, &SigningKey::generate(&ours.luck), NOW))),
        ("cut short", CertError::Length, Box::new(|key| ours.chain(9, 9, key, NOW)[..2].to_vec())),
        (
            "user of another chain",
            CertError::NameChain,
            Box::new(|key| {
                let (mut mine, other) = (ours.chain(9, 9, key, NOW), ours.chain(8, 8, key, NOW));
                mine[1] = other[1].clone();
                mine
            }),
        ),
        (
            "one byte changed",
            CertError::Signature,
            Box::new(|key| {
                let mut chain = ours.chain(9, 9, key, NOW);
                *chain[0].last_mut().unwrap() ^= 1;
                chain
            }),
        ),
    ]
}

#[test]
fn bad_chains_are_refused_on_add_on_commit_and_on_welcome() {
    let ours: &'static Town = Box::leak(Box::new(town(Suite::Hybrid768, 1)));
    let foreign: &'static Town = Box::leak(Box::new(town(Suite::Hybrid768, 2)));
    let settings = ours.settings(ConversationKind::Group, &[1, 6]);
    for (what, why, chain) in cases(ours, foreign) {
        let alice = ours.device(1, 1);
        let mut groups = ours.group(&settings, &[&alice]);
        let bad = Lax::with_chain(ours, &chain, Style::Usual).package();
        // the adder
        let error = groups[0].stage(&Plan { add: vec![bad.clone()], ..Plan::default() }, &aad(hour())).err();
        assert!(matches!(error, Some(GroupError::Cert(_) | GroupError::Policy(Breach::Chain))), "{what}: {error:?}");
        assert_eq!(
            alice.client.verify_key_package(&bad, &ours.roots(), NOW).err(),
            Some(GroupError::Cert(why)),
            "{what}"
        );
        // the others, when a moderator who checks nothing adds it
        let mut mallory = Lax::new(ours, 6, Style::Usual).join(&mut groups, 0);
        let newcomer = ours.device(3, 3);
        let package = newcomer.client.key_package(NOW, KeyPackageUse::Once).unwrap();
        let (commit, welcomes, tree, keys) = mallory.detached(hour(), |c| c.add(&bad).add(&package.bytes));
        let verdict = groups[0].judge(&commit, &keys);
        let refused = matches!(verdict, Verdict::Invalid(Invalid::Policy(Breach::Chain) | Invalid::Chain(_)));
        assert!(refused, "{what}: {verdict:?}");
        // the newcomer; time is left out when joining, so the expired one is let in and removed afterwards
        let joined = welcomes
            .iter()
            .map(|welcome| Group::join(&newcomer.client, welcome, &tree, &package.private, &ours.roots()))
            .find(|joined| joined.as_ref().err() != Some(&GroupError::Welcome))
            .expect("one of the welcomes is for the newcomer");
        match why {
            CertError::Expired => assert!(joined.is_ok()),
            _ => assert_eq!(joined.err(), Some(GroupError::Cert(why)), "{what}"),
        }
    }
}

#[test]
fn committer_whose_certificate_has_ended_is_refused_by_the_hour_it_states() {
    let town = town(Suite::Hybrid768, 3);
    let alice = town.device(1, 1);
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &[&alice]);
    let mut mallory = Lax::new(&town, 6, Style::Usual).join(&mut groups, 0);
    let later = Hour(hour().0 + 31 * 24);
    let ended = GroupError::Cert(CertError::Expired);
    assert_eq!(groups[0].stage(&Plan::default(), &aad(later)).err(), Some(ended), "an honest one does not even try");
    let (commit, _, _, keys) = mallory.detached(later, |c| c);
    let verdict = groups[0].judge(&commit, &keys);
    assert!(matches!(verdict, Verdict::Invalid(Invalid::Chain(CertError::Expired))), "{verdict:?}");
}
