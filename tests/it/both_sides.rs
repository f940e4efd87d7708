//! Invariant: client and server, talking through any splits, with answers in any order and the line
//! cut at any byte of either direction, end every request exactly once, tell the same whatever the
//! splits, hold no more than they may, and agree on what was said; and the next connection begins
//! with what the last one had subscribed to.

use crate::pair::{Cut, ITEMS, KINDS, Kind, Line, Pair, Random, config};
use ami_proto::action::{Events, Filter};
use ami_proto::client::{AtCeiling, Reached};
use std::time::Duration;

const POLICIES: [AtCeiling; 2] = [AtCeiling::StopReading, AtCeiling::FailList];

/// A whole session: subscribes, then sends all kinds of requests at once, in an order that is
/// drawn.
fn session(policy: AtCeiling, order: u64, line: Line, eager: bool) -> Pair {
    let mut pair = Pair::new(config(policy), order, line);
    if !pair.client.is_logged_in() {
        return pair;
    }
    let mask = pair.client.send(pair.now, &Events::new("system,call")).unwrap();
    pair.keep(mask.id(), Kind::Reply);
    let filter = pair.client.send(pair.now, &Filter::new("!Event: VarSet")).unwrap();
    pair.keep(filter.id(), Kind::Reply);
    pair.run();
    if pair.over {
        return pair;
    }
    let mut kinds = KINDS.repeat(2);
    let mut random = Random::new(order);
    while !kinds.is_empty() {
        pair.send(kinds.swap_remove(random.below(kinds.len())));
    }
    if eager {
        pair.run_eagerly()
    } else {
        pair.run()
    }
    pair
}

/// Lets the time of what nobody answers pass; the last sign of life is asked for and answered.
fn outlast(pair: &mut Pair) {
    while pair.sent.iter().any(|sent| sent.endings.is_empty()) {
        assert!(pair.wait(), "something has to be due");
    }
}

/// How each request has ended if the line held.
fn all_ended_well(pair: &Pair, policy: AtCeiling, context: &str) {
    for sent in &pair.sent {
        let (mut end, items) = sent.kind.end();
        if sent.kind == Kind::Collected && policy == AtCeiling::FailList && sent.endings == ["overflowed"] {
            end = "overflowed".to_owned();
        }
        assert_eq!(sent.endings, [end], "{context}: {sent:?}");
        assert_eq!(sent.items, items, "{context}: {sent:?}");
    }
    let unclaimed = pair.told.iter().filter(|told| *told == "unclaimed own Success").count();
    assert_eq!(unclaimed, 2, "{context}: what was given up was answered all the same");
    assert_eq!(pair.told[..3], ["connected", "logged in", "booted"], "{context}");
}

#[test]
fn any_split_and_any_order() {
    for seed in 0..100 {
        for policy in POLICIES {
            for eager in [false, true] {
                let line = Line::new(seed, 1 + seed as usize % 200, None);
                let mut pair = session(policy, seed, line, eager);
                outlast(&mut pair);
                let context = format!("seed {seed}, {policy:?}");
                all_ended_well(&pair, policy, &context);
                let full = policy == AtCeiling::FailList;
                pair.take_all();
                for sent in pair.sent.iter().filter(|sent| sent.kind == Kind::Collected) {
                    // In order and whole, or what fitted.
                    let whole: Vec<String> = (1..=ITEMS).map(|item| item.to_string()).collect();
                    let fits = if full { whole.starts_with(&sent.taken) } else { whole == sent.taken };
                    assert!(fits, "{context}: {sent:?}");
                }
                // Two lists of four, and room for three.
                let overflowed = pair.sent.iter().filter(|sent| sent.endings == ["overflowed"]).count();
                assert_eq!(overflowed > 0, full, "{context}");
                assert_eq!(pair.events, 2 * (4 + 4 + 2 + 2), "{context}");
                assert_eq!((pair.client.open(), pair.client.held_items()), (0, 0), "{context}");
            }
        }
    }
}

#[test]
fn the_transcript_is_the_same_for_any_split() {
    for order in 0..12 {
        for policy in POLICIES {
            let mut whole = session(policy, order, Line::new(1, usize::MAX >> 1, None), false);
            outlast(&mut whole);
            for (seed, piece) in [(2, 1), (3, 2), (4, 7), (5, 80), (6, 1500), (7, 300)] {
                let mut split = session(policy, order, Line::new(seed, piece, None), false);
                outlast(&mut split);
                assert_eq!(split.transcript, whole.transcript, "order {order}, pieces up to {piece}");
                assert_eq!(format!("{:?}", split.sent), format!("{:?}", whole.sent));
                assert_eq!(split.asked, whole.asked);
                assert_eq!(split.line.arrived, whole.line.arrived);
            }
        }
    }
}

/// What has to hold when a line was cut, and on the next one.
fn after_the_cut(mut pair: Pair, cut: Cut) {
    assert!(pair.over && pair.line.is_cut, "{cut:?}");
    pair.take_all();
    for sent in &pair.sent {
        let [ending] = &sent.endings[..] else { panic!("{cut:?}: {sent:?}") };
        let items = sent.items + sent.taken.len() as u64;
        match sent.reached {
            // Written, and not handed out.
            Some(Reached::NotSent) => assert!(sent.written > pair.line.handed && items == 0, "{cut:?}: {sent:?}"),
            Some(Reached::Sent) => assert!(sent.written <= pair.line.handed && items == 0, "{cut:?}: {sent:?}"),
            Some(Reached::Started { items: said }) => assert_eq!(said, items, "{cut:?}: {sent:?}"),
            Some(Reached::Accepted) => assert_eq!(items, 0, "{cut:?}: {sent:?}"),
            _ if ending == "overflowed" => assert!(sent.kind == Kind::Collected && items < ITEMS),
            _ => {
                let (end, lent) = sent.kind.end();
                assert_eq!((ending, sent.items), (&end, lent), "{cut:?}");
                assert_eq!(sent.taken.len() as u64, if sent.kind == Kind::Collected { ITEMS } else { 0 }, "{cut:?}");
            }
        }
    }
    // The server has had all that arrived, and nothing else; the mask it has seen to by itself.
    let arrived = pair.sent.iter().skip(1).filter(|sent| sent.written <= pair.line.arrived[0]).count();
    let asked = pair.asked.iter().filter(|asked| !asked.starts_with("Login") && *asked != "Ping").count();
    assert_eq!(asked, arrived, "{cut:?}: {:?}", pair.asked);

    // A mask that was asked for holds, though the answer was lost.
    let sent = |place: usize| pair.sent.get(place);
    let subscribed = [
        sent(0).is_some_and(|sent| sent.endings == ["reply"] || sent.reached == Some(Reached::Sent)),
        sent(1).is_some_and(|sent| sent.endings == ["reply"]),
    ];
    let lost: Vec<_> = pair.sent.iter().filter_map(|sent| Some((sent.id, sent.reached?))).collect();
    let report = pair.client.reconnect().unwrap();
    let unanswered: Vec<_> = report.unanswered.iter().map(|request| (request.id, request.reached)).collect();
    assert_eq!(unanswered, lost, "{cut:?}");
    assert_eq!((report.restored_mask, report.restored_filters), (subscribed[0], usize::from(subscribed[1])), "{cut:?}");

    pair.sent.clear();
    pair.connect_again(Line::new(3, 60, None));
    assert_eq!(pair.told, ["connected", "logged in", "booted"], "{cut:?}");
    assert_eq!(pair.asked[0], if subscribed[0] { "Login system,call" } else { "Login " }, "{cut:?}");
    assert_eq!(pair.asked[1..], ["Filter !Event: VarSet"][..usize::from(subscribed[1])], "{cut:?}");
    pair.send(Kind::List);
    pair.run();
    assert_eq!(pair.sent[0].endings, ["list 4"], "{cut:?}");
}

#[test]
fn the_line_is_cut_at_any_byte_of_either_direction() {
    let line = |cut| Line::new(5, 80, cut);
    let whole = session(AtCeiling::StopReading, 5, line(None), false);
    let [to_server, to_client] = whole.line.arrived;
    assert!(to_server > 1000 && to_client > 4000, "{to_server} {to_client}");
    let cuts = (1..to_server).map(Cut::ToServer).chain((1..to_client).map(Cut::ToClient));
    for cut in cuts {
        let policy = POLICIES[usize::from(matches!(cut, Cut::ToClient(at) if at % 2 == 0))];
        after_the_cut(session(policy, 5, line(Some(cut)), false), cut);
    }
}

#[test]
fn the_clock_alone() {
    let mut pair = Pair::new(config(AtCeiling::StopReading), 1, Line::new(1, 80, None));
    // The server never answers this one, and answers the sign of life that is asked for once it has
    // been given up.
    pair.send(Kind::Silent);
    pair.run();
    assert!(pair.wait());
    assert_eq!(pair.sent[0].endings, ["timed out Sent"]);
    for _ in 0..3 {
        let told = pair.transcript.len();
        assert!(pair.wait() && pair.client.poll_transmit().is_some());
        pair.run();
        assert_eq!((pair.asked.last().unwrap().as_str(), pair.transcript.len()), ("Ping", told));
    }
    // It doesn't answer any more.
    pair.answers = false;
    pair.send(Kind::Outcome);
    pair.run();
    let sent_at = pair.now;
    assert!(pair.wait());
    assert_eq!(pair.sent[1].endings, ["timed out Sent"]);
    assert!(pair.now - sent_at >= Duration::from_secs(29));
    while !pair.over {
        assert!(pair.wait());
        pair.run();
    }
    assert_eq!(pair.client.poll_timeout(), None);
    assert_eq!(pair.client.poll_event().unwrap_err(), ami_proto::ConnectionError::KeepAlive);
}
