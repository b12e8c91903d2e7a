// SPDX-License-Identifier: EUPL-1.2
//! Who may change what: refused when it is built, and again when somebody builds it all the same.

use super::{
    lax::{Lax, Style},
    *,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn package(device: &Device) -> Vec<u8> {
    device.client.key_package(NOW, KeyPackageUse::Once).unwrap().bytes
}

fn plan_add(device: &Device) -> Plan {
    Plan { add: vec![package(device)], ..Plan::default() }
}

#[track_caller]
fn refused(group: &mut Group, plan: &Plan, breach: Breach) {
    assert_eq!(group.stage(plan, &aad(hour())).err(), Some(GroupError::Policy(breach)));
}

#[test]
fn only_moderators_add_remove_and_rename_others() {
    let town = town(Suite::StandIn, 1);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let settings = town.settings(ConversationKind::Group, &[1]);
    let mut groups = town.group(&settings, &devices.each_ref());
    let bob = &mut groups[1];
    refused(bob, &plan_add(&town.device(4, 4)), Breach::Moderator);
    refused(bob, &Plan { remove: vec![2], ..Plan::default() }, Breach::Moderator);
    let renamed = Settings { name: "Meine Gruppe".into(), ..settings.clone() };
    let rename = Plan { settings: Some(renamed.clone()), ..Plan::default() };
    refused(bob, &rename, Breach::Moderator);
    commit(&mut groups, 0, &rename);
    assert_eq!(groups[2].settings().unwrap(), renamed);
    // Alice makes Bob a moderator, and leaves: from then on he decides
    let both = Settings { moderators: vec![UserId([1; 16]), UserId([2; 16])], ..settings };
    commit(&mut groups, 0, &Plan { settings: Some(both), ..Plan::default() });
    commit(&mut groups, 1, &plan_add(&town.device(4, 4)));
    assert_eq!(groups[0].roster().unwrap().len(), 4);
}

#[test]
fn everybody_adds_and_removes_own_devices() {
    let town = town(Suite::StandIn, 2);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let second = town.device(2, 22);
    town.add(&mut groups, 1, &[&second]);
    refused(&mut groups[1], &plan_add(&town.device(2, 22)), Breach::SameDevice);
    commit(&mut groups, 1, &Plan { remove: vec![2], ..Plan::default() });
    assert_eq!(groups[0].roster().unwrap().len(), 2);
}

#[test]
fn device_is_added_again_in_the_commit_that_removes_its_old_leaf() {
    let town = town(Suite::StandIn, 3);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let plan = Plan { add: vec![package(&devices[1])], remove: vec![1], ..Plan::default() };
    let staged = groups[0].stage(&plan, &aad(hour())).unwrap();
    assert_eq!(staged.next.roster().unwrap().len(), 2);
    assert!(matches!(valid(&groups[1], &staged).effect, Effect::AddedAgain));
}

#[test]
fn where_no_moderator_is_left_everybody_is_one() {
    let town = town(Suite::StandIn, 4);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[9]), &devices.each_ref());
    commit(&mut groups, 2, &Plan { remove: vec![0], ..Plan::default() });
    assert_eq!(groups[1].roster().unwrap().len(), 2);
}

#[test]
fn direct_conversation_takes_no_third_person_but_more_devices_of_the_two() {
    let town = town(Suite::StandIn, 5);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &devices.each_ref());
    refused(&mut groups[1], &plan_add(&town.device(3, 3)), Breach::ThirdPerson);
    let (alices, bobs) = (town.device(1, 11), town.device(2, 22));
    town.add(&mut groups, 1, &[&alices, &bobs]);
    assert_eq!(groups[0].roster().unwrap().len(), 4);
}

#[test]
fn settings_keep_log_conversation_and_kind_and_their_limits() {
    let town = town(Suite::StandIn, 6);
    let alice = town.device(1, 1);
    let settings = town.settings(ConversationKind::Group, &[1]);
    let mut group = alice.client.create(&settings, hour()).unwrap();
    for bad in [
        Settings { log: LogId([9; 32]), ..settings.clone() },
        Settings { conversation: ConversationId([9; 32]), ..settings.clone() },
        Settings { kind: ConversationKind::Direct, ..settings.clone() },
        Settings { name: "x".repeat(300), ..settings.clone() },
        Settings { roots: Vec::new(), ..settings.clone() },
    ] {
        refused(&mut group, &Plan { settings: Some(bad), ..Plan::default() }, Breach::Settings);
    }
    let stranger = RootKey::generate(&town.luck).public();
    let bad = Settings { roots: vec![stranger], ..settings };
    refused(&mut group, &Plan { settings: Some(bad), ..Plan::default() }, Breach::Chain);
}

#[test]
fn commit_may_not_state_an_earlier_hour() {
    let town = town(Suite::StandIn, 7);
    let devices = [1, 2].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Direct, &[]), &devices.each_ref());
    let earlier = Hour(hour().0 - 1);
    assert_eq!(groups[0].stage(&Plan::default(), &aad(earlier)).err(), Some(GroupError::Epoch));
}

/// What a changed program sends anyway.
#[test]
fn receivers_refuse_what_a_lax_member_commits() {
    let town = town(Suite::StandIn, 8);
    let [alice, victim] = [town.device(1, 1), town.device(2, 2)];
    let settings = town.settings(ConversationKind::Group, &[1]);
    let mut groups = town.group(&settings, &[&alice, &victim]);
    let mallory = Lax::new(&town, 6, Style::Usual);
    let mut mallory = mallory.join(&mut groups, 0);
    let judge = |commit: &[u8]| match groups[1].judge(commit, &other_keys()) {
        Verdict::Invalid(why) => why,
        other => panic!("{other:?}"),
    };
    let stranger = package(&town.device(4, 4));
    assert_eq!(judge(&mallory.commit(|c| c.add(&stranger))), Invalid::Policy(Breach::Moderator));
    assert_eq!(judge(&mallory.commit(|c| c.remove(0))), Invalid::Policy(Breach::Moderator));
    let taken = Settings { moderators: vec![UserId([6; 16])], ..settings };
    assert_eq!(judge(&mallory.commit(|c| c.settings(&taken))), Invalid::Policy(Breach::Moderator));
    assert_eq!(judge(&mallory.commit(|c| c.no_settings())), Invalid::Policy(Breach::Settings));
    let second = package(&town.device(6, 6));
    assert_eq!(judge(&mallory.commit(|c| c.add(&second))), Invalid::Policy(Breach::SameDevice));
    assert_eq!(judge(&mallory.commit_at(Hour(hour().0 - 1))), Invalid::Hour);
    // harmless, but for the announced keys
    assert_eq!(judge(&mallory.commit(|c| c)), Invalid::NextKeys);
    // proposals of others are not even kept
    let proposal = mallory.propose_remove(0);
    assert_eq!(groups[1].receive(&proposal), Err(GroupError::Proposal));
    assert!(groups[1].encrypt(b"goes on", &aad(hour())).is_ok());
}

#[test]
fn commits_without_path_in_the_open_or_with_a_foreign_proposal_are_invalid() {
    let town = town(Suite::StandIn, 9);
    let alice = town.device(1, 1);
    let judge = |groups: &[Group], commit: &[u8]| match groups[0].judge(commit, &other_keys()) {
        Verdict::Invalid(why) => why,
        other => panic!("{other:?}"),
    };
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &[&alice]);
    let mut mallory = Lax::new(&town, 6, Style::NoPath).join(&mut groups, 0);
    let own = package(&town.device(6, 66));
    let commit = mallory.commit(|c| c.add(&own));
    assert_eq!(judge(&groups, &commit), Invalid::Policy(Breach::Path));
    let mut mallory = Lax::new(&town, 7, Style::Public).join(&mut groups, 0);
    assert_eq!(judge(&groups, &mallory.commit(|c| c)), Invalid::Framing);
}

#[test]
fn anybody_puts_a_device_back_that_lost_the_thread_but_nobody_else() {
    let town = town(Suite::StandIn, 9);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let again = Plan { add: vec![package(&devices[2])], remove: vec![2], ..Plan::default() };
    let staged = groups[1].stage(&again, &aad(hour())).unwrap();
    assert!(matches!(valid(&groups[0], &staged).effect, Effect::NextEpoch(_)));
    assert!(matches!(valid(&groups[2], &staged).effect, Effect::AddedAgain));
    let other = Plan { add: vec![package(&town.device(4, 4))], remove: vec![2], ..Plan::default() };
    refused(&mut groups[1], &other, Breach::Moderator);
    // another key under the same name is another device
    let false_one = Plan { add: vec![package(&town.device(3, 3))], remove: vec![2], ..Plan::default() };
    refused(&mut groups[1], &false_one, Breach::Moderator);
}

#[test]
fn with_an_issuers_word_anybody_removes_the_moderator_who_was_locked_out() {
    let town = town(Suite::StandIn, 10);
    let devices = [1, 2, 3].map(|n| town.device(n, n));
    let mut groups = town.group(&town.settings(ConversationKind::Group, &[1]), &devices.each_ref());
    let authority = identity(&devices[0], &town).authority;
    let word = |user| cert::Revocation::sign(&town.issuer, &town.issuer_cert, &authority, UserId([user; 16]));
    let remove = |revocations| Plan { remove: vec![0], revocations, ..Plan::default() };
    refused(&mut groups[1], &remove(vec![]), Breach::Moderator);
    refused(&mut groups[1], &remove(vec![word(3)]), Breach::Moderator);
    let staged = groups[1].stage(&remove(vec![word(1)]), &aad(hour())).unwrap();
    let verdict = groups[2].judge(&staged.commit, &staged.announce);
    assert!(matches!(verdict, Verdict::Invalid(Invalid::Policy(Breach::Moderator))), "not without the word");
    let verdict = groups[2].judge_with(&staged.commit, &staged.announce, &[word(1)]);
    assert!(matches!(verdict, Verdict::Valid(_)), "{verdict:?}");
}
