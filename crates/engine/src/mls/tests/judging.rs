// SPDX-License-Identifier: EUPL-1.2
//! Candidates: the valid, the invalid, and those only some can judge.

use super::{
    lax::{Lax, Style},
    *,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn first_valid_candidate_wins_over_garbage_before_it() {
    for suite in [Suite::Hybrid768, Suite::StandIn] {
        let town = town(suite, 1);
        let devices = [1, 2].map(|n| town.device(n, n));
        let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &devices.each_ref());
        let staged = groups[0].stage(&Plan::default(), &aad(hour())).unwrap();
        let before = secret(&groups[1]);
        for at in (0..staged.commit.len()).step_by(97).chain([staged.commit.len() - 1]) {
            let mut garbage = staged.commit.clone();
            garbage[at] ^= 1;
            let verdict = groups[1].judge(&garbage, &staged.announce);
            assert!(
                matches!(verdict, Verdict::Invalid(_) | Verdict::Undecidable { committer: None }),
                "{at}: {verdict:?}"
            );
        }
        assert!(matches!(groups[1].judge(b"", &staged.announce), Verdict::Invalid(Invalid::Framing)));
        let wrong = groups[1].judge(&staged.commit, &other_keys());
        assert!(matches!(wrong, Verdict::Invalid(Invalid::NextKeys)), "{wrong:?}");
        assert_eq!(secret(&groups[1]), before, "judging changes nothing");
        let mut bobs = next(&groups[1], &staged);
        let mut alices = staged.next;
        talks(&mut alices, &mut bobs);
        assert!(
            matches!(bobs.judge(&staged.commit, &staged.announce), Verdict::Invalid(Invalid::Framing)),
            "its epoch is over"
        );
    }
}

#[test]
fn own_commit_is_never_judged() {
    let town = town(Suite::StandIn, 2);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &devices.each_ref());
    let staged = groups[0].stage(&Plan::default(), &aad(hour())).unwrap();
    assert!(matches!(groups[0].judge(&staged.commit, &staged.announce), Verdict::Undecidable { .. }));
}

/// §9 (a): an insider seals garbage to half of the group.
#[test]
fn half_that_cannot_open_its_path_secret_stops_and_nobody_forks() {
    for suite in [Suite::Hybrid768, Suite::StandIn] {
        let town = town(suite, 3);
        let devices = [1, 2, 3, 4, 5, 7, 8].map(|n| town.device(n, n));
        let settings = town.settings(ConversationKind::Group, &[1]);
        let mut groups = town.group(&settings, &devices.each_ref());
        let mallory = Lax::new(&town, 6, Style::Usual);
        let victims = mallory.victims.clone();
        let mut mallory = mallory.join(&mut groups, 0);
        // Leaves 0 to 3 get their path secret through one node, number 3 of the tree.
        let tree = mallory.group.export_tree();
        let key = tree.get_parent(3).unwrap().unwrap().public_key.as_ref().to_vec();
        victims.lock().unwrap().push(key);
        let spoiled = 0..4;
        let (commit, _, _, keys) = mallory.detached(hour(), |c| c);
        let mut secrets = Vec::new();
        for group in &groups {
            let verdict = group.judge(&commit, &keys);
            if spoiled.contains(&group.own_leaf()) {
                let Verdict::Undecidable { committer: Some(committer) } = verdict else { panic!("{verdict:?}") };
                assert_eq!(committer.device.user, UserId([6; 16]), "the reset leaves out the committer");
            } else {
                let Verdict::Valid(valid) = verdict else { panic!("{verdict:?}") };
                let Effect::NextEpoch(next) = valid.effect else { panic!("removed") };
                secrets.push(secret(&next));
            }
            // with other announced keys: the ones who can open it call it invalid, the others still can't say
            let verdict = group.judge(&commit, &other_keys());
            match spoiled.contains(&group.own_leaf()) {
                true => assert!(matches!(verdict, Verdict::Undecidable { .. })),
                false => assert!(matches!(verdict, Verdict::Invalid(Invalid::NextKeys))),
            }
        }
        assert_eq!(secrets.len(), 3);
        assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

#[test]
fn commit_of_a_leaving_somebody_has_not_seen_is_undecidable() {
    let town = town(Suite::StandIn, 4);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let leave = groups[2].leave_proposal(&aad(hour())).unwrap();
    groups[0].receive(&leave).unwrap();
    let staged = groups[0].stage(&Plan::default(), &aad(hour())).unwrap();
    assert!(matches!(groups[1].judge(&staged.commit, &staged.announce), Verdict::Undecidable { .. }));
    groups[1].receive(&leave).unwrap();
    assert_eq!(valid(&groups[1], &staged).left.len(), 1);
}

#[test]
fn garbage_entry_uses_up_nobodys_key() {
    let town = town(Suite::Hybrid768, 5);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &devices.each_ref());
    let text = groups[0].encrypt(b"text", &aad(hour())).unwrap();
    for at in 0..text.len() {
        let mut bad = text.clone();
        bad[at] ^= 1;
        assert!(groups[1].receive(&bad).is_err(), "byte {at}");
    }
    assert!(groups[1].receive(&[text.as_slice(), &[0]].concat()).is_err());
    assert!(groups[1].receive(&text).is_ok());
    assert_eq!(groups[1].receive(&text), Err(GroupError::Open), "a message is read once");
    assert_eq!(groups[0].receive(&text), Err(GroupError::Own));
}

/// Every honest commit passes the check of its path's length, whatever the shape of the tree.
#[test]
fn trees_of_many_shapes_are_counted_right() {
    let town = town(Suite::StandIn, 6);
    let devices: Vec<_> = (1..=12).map(|n| town.device(n, n)).collect();
    let settings = town.settings(ConversationKind::Group, &[]);
    let mut groups = town.group(&settings, &devices.iter().collect::<Vec<_>>());
    let mut user = 20;
    for round in 0..40 {
        let [by, gone, some] = town.luck.bytes().map(usize::from);
        let by = by % groups.len();
        let mut plan = Plan::default();
        if round % 3 != 0 && groups.len() > 3 {
            let victim = (by + 1 + gone % (groups.len() - 1)) % groups.len();
            plan.remove.push(groups[victim].own_leaf());
        }
        let newcomers: Vec<_> = (0..some % 3)
            .map(|_| {
                user += 1;
                town.device(user, user)
            })
            .collect();
        let packages: Vec<_> =
            newcomers.iter().map(|device| device.client.key_package(NOW, KeyPackageUse::Once).unwrap()).collect();
        plan.add = packages.iter().map(|package| package.bytes.clone()).collect();
        let staged = commit(&mut groups, by, &plan);
        groups.retain(|group| !plan.remove.contains(&group.own_leaf()) || group.epoch() == staged.next.epoch());
        for (device, package) in newcomers.iter().zip(&packages) {
            let welcome = staged.welcomes.iter().find(|w| w.key_package == package.reference).unwrap();
            let joined =
                Group::join(&device.client, &welcome.message, &staged.tree, &package.private, &town.roots()).unwrap();
            groups.push(joined);
        }
        let all = secret(&groups[0]);
        assert!(groups.iter().all(|group| secret(group) == all), "round {round}");
    }
}
