// SPDX-License-Identifier: EUPL-1.2
//! What happens in a group's life when everybody is honest.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SUITES: [Suite; 2] = [Suite::Hybrid768, Suite::StandIn];

#[test]
fn members_of_a_group_talk_in_both_suites() {
    for suite in SUITES {
        let town = town(suite, 1);
        let [alice, bob] = [town.device(1, 1), town.device(2, 2)];
        let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &[&alice, &bob]);
        let [ga, gb] = groups.get_disjoint_mut([0, 1]).unwrap();
        assert_eq!(secret(ga), secret(gb));
        assert_eq!((ga.epoch(), ga.hour()), (gb.epoch(), gb.hour()));
        talks(ga, gb);
        talks(gb, ga);
        let roster = ga.roster().unwrap();
        assert_eq!(roster, gb.roster().unwrap());
        assert_eq!(
            roster.iter().map(|m| m.device.clone()).collect::<Vec<_>>(),
            [identity(&alice, &town), identity(&bob, &town)]
        );
        assert_eq!(ga.settings().unwrap(), gb.settings().unwrap());
        assert_eq!(ga.rank(1).unwrap(), gb.rank(1).unwrap());
        assert_ne!(ga.rank(0).unwrap(), ga.rank(1).unwrap());
    }
}

#[test]
fn group_of_another_suite_cannot_be_joined_and_high_suite_waits_for_certificates() {
    let (town, fast) = (town(Suite::Hybrid768, 1), town(Suite::StandIn, 2));
    let alice = town.device(1, 1);
    let mut group = alice.client.create(&town.settings(ConversationKind::Direct, &[]), hour()).unwrap();
    let stranger = fast.device(2, 2).client.key_package(NOW, KeyPackageUse::Once).unwrap();
    let plan = Plan { add: vec![stranger.bytes.clone()], ..Plan::default() };
    assert!(group.stage(&plan, &aad(hour())).is_err());
    assert_eq!(
        alice.client.verify_key_package(&stranger.bytes, &fast.roots(), NOW).err(),
        Some(GroupError::KeyPackage)
    );
    let high = MlsClient::new(Suite::Hybrid1024, &alice.key, &alice.chain, &town.luck, &town.seen);
    assert_eq!(high.err(), Some(GroupError::Suite));
}

#[test]
fn welcomes_differ_and_each_opens_for_its_device_alone() {
    let town = town(Suite::Hybrid768, 3);
    let [alice, bob, carol] = [town.device(1, 1), town.device(2, 2), town.device(3, 3)];
    let mut group = alice.client.create(&town.settings(ConversationKind::Group, &[1]), hour()).unwrap();
    let packages = [&bob, &carol].map(|device| device.client.key_package(NOW, KeyPackageUse::LastResort).unwrap());
    let plan = Plan { add: packages.iter().map(|p| p.bytes.clone()).collect(), ..Plan::default() };
    let staged = group.stage(&plan, &aad(hour())).unwrap();
    let [to_bob, to_carol] = staged.welcomes.as_slice() else { panic!("two welcomes") };
    assert_eq!((to_bob.device.user, to_carol.device.user), (UserId([2; 16]), UserId([3; 16])));
    let shared = to_bob.message.windows(32).filter(|part| to_carol.message.windows(32).any(|w| w == *part)).count();
    assert_eq!(to_bob.message.len(), to_carol.message.len());
    // The library encrypts one group info for all newcomers of a commit: the sealing of deposits hides it.
    assert!(shared > 0, "if this fails the library got better: welcomes no longer share bytes");
    let join = |device: &Device, welcome: &Welcome, package: &NewKeyPackage| {
        Group::join(&device.client, &welcome.message, &staged.tree, &package.private, &town.roots())
    };
    assert!(join(&bob, to_bob, &packages[0]).is_ok());
    assert_eq!(join(&bob, to_carol, &packages[0]).err(), Some(GroupError::Welcome));
    let foreign = Group::join(&bob.client, &to_bob.message, &staged.tree, &packages[0].private, &[]);
    assert_eq!(foreign.err(), Some(GroupError::ForeignRoot));
}

#[test]
fn saved_group_goes_on_where_it_stopped() {
    for suite in SUITES {
        let town = town(suite, 4);
        let [alice, bob] = [town.device(1, 1), town.device(2, 2)];
        let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &[&alice, &bob]);
        let [ga, gb] = groups.get_disjoint_mut([0, 1]).unwrap();
        talks(ga, gb);
        let first = gb.save().unwrap();
        let tree = first.tree.expect("never saved before");
        talks(ga, gb);
        let second = gb.save().unwrap();
        assert!(second.tree.is_none(), "the tree changes with the epoch alone");
        let mut back = Group::load(&bob.client, &second.state, &tree).unwrap();
        assert_eq!((secret(&back), back.epoch(), back.hour()), (secret(gb), gb.epoch(), gb.hour()));
        talks(ga, &mut back);
        talks(&mut back, ga);
        assert!(back.save().unwrap().tree.is_none());
        assert_eq!(Group::load(&bob.client, &second.state[1..], &tree).err(), Some(GroupError::Library));
    }
}

#[test]
fn crash_between_staging_and_ack_loses_nothing() {
    let town = town(Suite::Hybrid768, 5);
    let [alice, bob, carol] = [town.device(1, 1), town.device(2, 2), town.device(3, 3)];
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &[&alice, &bob]);
    let package = carol.client.key_package(NOW, KeyPackageUse::Once).unwrap();
    let plan = Plan { add: vec![package.bytes.clone()], ..Plan::default() };
    let before = secret(&groups[0]);
    let staged = groups[0].stage(&plan, &aad(hour())).unwrap();
    assert_eq!(secret(&groups[0]), before, "staging changes nothing in the current epoch");
    let saved = groups[0].save().unwrap();
    let (tree, wanted) = (saved.tree.unwrap(), secret(&staged.next));
    let kept = staged.secrets.clone();
    groups.remove(0); // the crash
    let back = Group::load(&alice.client, &saved.state, &tree).unwrap();
    let mut merged = back.restore_staged(&kept).unwrap();
    assert_eq!(secret(&merged), wanted);
    assert_eq!(EpochKeys::derive(&wanted).announce(), staged.announce);
    let mut gb = next(&groups[0], &staged);
    let mut gc =
        Group::join(&carol.client, &staged.welcomes[0].message, &staged.tree, &package.private, &town.roots()).unwrap();
    talks(&mut merged, &mut gb);
    talks(&mut merged, &mut gc);
    talks(&mut gc, &mut gb);
    assert!(merged.restore_staged(&kept).is_err(), "a staged commit is good for its own epoch alone");
}

#[test]
fn loser_of_a_conflict_takes_the_winner_and_tries_again() {
    let town = town(Suite::Hybrid768, 6);
    let [alice, bob, carol, dora] = [1, 2, 3, 4].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1, 2]), &[&alice, &bob]);
    let plan = |device: &Device| Plan {
        add: vec![device.client.key_package(NOW, KeyPackageUse::Once).unwrap().bytes],
        ..Plan::default()
    };
    let winner = groups[0].stage(&plan(&carol), &aad(hour())).unwrap();
    let loser = groups[1].stage(&plan(&dora), &aad(hour())).unwrap();
    drop(loser);
    groups[1] = next(&groups[1], &winner);
    groups[0] = winner.next;
    assert_eq!(secret(&groups[0]), secret(&groups[1]));
    let again = commit(&mut groups, 1, &plan(&dora));
    assert_eq!(again.welcomes.len(), 1);
    assert_eq!(groups[0].roster().unwrap().len(), 4);
}

#[test]
fn removed_member_learns_it_and_reads_no_further() {
    let town = town(Suite::Hybrid768, 7);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let plan = Plan { remove: vec![2], ..Plan::default() };
    let staged = groups[0].stage(&plan, &aad(hour())).unwrap();
    let seen = valid(&groups[2], &staged);
    assert!(matches!(seen.effect, Effect::Removed));
    assert_eq!(seen.committer.device.user, UserId([1; 16]));
    assert_eq!(seen.removed.iter().map(|m| m.leaf).collect::<Vec<_>>(), [2]);
    let mut gb = next(&groups[1], &staged);
    let mut ga = staged.next;
    talks(&mut ga, &mut gb);
    let text = ga.encrypt(b"without Carol", &aad(hour())).unwrap();
    assert_eq!(groups[2].receive(&text), Err(GroupError::Epoch));
}

#[test]
fn leaver_is_let_go_by_another_member() {
    for suite in SUITES {
        let town = town(suite, 8);
        let devices = [1, 2, 3, 4].map(|n| town.device(n, n));
        let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
        // Two leave at once; nobody may write before the commit.
        for leaver in [3, 2] {
            let text = groups[leaver].leave_proposal(&aad(hour())).unwrap();
            for reader in (0..4).filter(|reader| *reader != leaver) {
                let Received::Leave(leave) = groups[reader].receive(&text).unwrap() else { panic!("not a leave") };
                assert_eq!(leave.sender.leaf, u32::try_from(leaver).unwrap());
            }
        }
        assert_eq!(groups[1].leaving(), [2, 3]);
        assert_eq!(groups[1].encrypt(b"too early", &aad(hour())), Err(GroupError::CommitFirst));
        // Bob is no moderator and may still commit it.
        let staged = groups[1].stage(&Plan::default(), &aad(hour())).unwrap();
        let seen = valid(&groups[0], &staged);
        assert_eq!(seen.left.iter().map(|m| m.leaf).collect::<Vec<_>>(), [2, 3]);
        assert!(seen.removed.is_empty());
        assert!(matches!(valid(&groups[2], &staged).effect, Effect::Removed));
        let (mut ga, mut gb) = (next(&groups[0], &staged), staged.next);
        talks(&mut gb, &mut ga);
        assert!(ga.leaving().is_empty());
    }
}

#[test]
fn renewed_certificate_goes_into_the_leaf_with_the_next_commit() {
    let town = town(Suite::Hybrid768, 9);
    let [alice, bob] = [town.device(1, 1), town.device(2, 2)];
    let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &[&alice, &bob]);
    let saved = groups[0].save().unwrap();
    let later = NOW.plus_secs(20 * 86_400);
    let renewed = town.client(&alice.key, &town.chain(1, 1, &alice.key, later));
    let mut group = Group::load(&renewed, &saved.state, &saved.tree.unwrap()).unwrap();
    let staged = group.stage(&Plan::default(), &aad(Hour::of_millis(later.0))).unwrap();
    let bobs = next(&groups[1], &staged);
    let valid_to = bobs.member(0).unwrap().device.valid.to_secs;
    assert_eq!(valid_to, later.secs() + 30 * 86_400);
    // another person's chain for the same key is no successor
    let stolen = town.client(&alice.key, &town.chain(7, 1, &alice.key, later));
    let mut group = Group::load(&stolen, &saved.state, &groups[0].tree().unwrap()).unwrap();
    match group.stage(&Plan::default(), &aad(Hour::of_millis(later.0))) {
        Err(_) => {}
        Ok(staged) => assert!(matches!(groups[1].judge(&staged.commit, &staged.announce), Verdict::Invalid(_))),
    }
}

#[test]
fn same_seed_gives_the_same_bytes() {
    let run = |suite, seed| {
        let town = town(suite, seed);
        let devices = [1, 2, 3].map(|n| town.device(n, n));
        let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
        let text = groups[0].encrypt(b"text", &aad(hour())).unwrap();
        for leaver in [1, 2] {
            let leave = groups[leaver].leave_proposal(&aad(hour())).unwrap();
            groups[0].receive(&leave).unwrap();
        }
        let staged = groups[0].stage(&Plan::default(), &aad(hour())).unwrap();
        (text, staged.commit, staged.tree, staged.announce)
    };
    for suite in SUITES {
        for _ in 0..4 {
            assert_eq!(run(suite, 10), run(suite, 10));
        }
        assert_ne!(run(suite, 10), run(suite, 11));
    }
}
