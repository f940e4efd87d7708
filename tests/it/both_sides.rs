//! Invariant: client and server, talking through any splits, with answers in any order and the line
//! cut at any byte of either direction, end every request exactly once, tell the same whatever the
//! splits, hold no more than they may, and agree on what was said; and the next connection begins
//! with what the last one had subscribed to.

mod session;

use ami_proto::action::{Events, Filter};
use ami_proto::client::{AtCeiling, Reached};
use ami_proto::testing::Link;
use ami_testkit::splits::Random;
use session::{ITEMS, KINDS, Kind, Session, config};
use std::time::Duration;

const POLICIES: [AtCeiling; 2] = [AtCeiling::StopReading, AtCeiling::FailList];

/// The byte at which a connection is cut: after so many this way.
#[derive(Clone, Copy, Debug)]
enum Cut {
    ToServer(usize),
    ToClient(usize),
}

/// A link that carries pieces of at most so many bytes.
fn link(seed: u64, piece: usize, cut: Option<Cut>) -> Link {
    let mut link = Link::new().seeded(seed).pieces(piece);
    match cut {
        Some(Cut::ToServer(at)) => link.far().cut_after(at),
        Some(Cut::ToClient(at)) => link.near().cut_after(at),
        None => {}
    }
    link
}

/// A whole session: subscribes, then sends all kinds of requests at once, in an order that is
/// drawn.
fn session(policy: AtCeiling, order: u64, link: Link, eager: bool) -> Session {
    let mut session = Session::new(config(policy), order, link);
    if !session.client.is_logged_in() {
        return session;
    }
    let mask = session.client.send(session.now(), &Events::new("system,call")).unwrap();
    session.keep(mask.id(), Kind::Reply);
    let filter = session.client.send(session.now(), &Filter::new("!Event: VarSet")).unwrap();
    session.keep(filter.id(), Kind::Reply);
    session.run();
    if session.over {
        return session;
    }
    let mut kinds = KINDS.repeat(2);
    let mut random = Random::new(order);
    while !kinds.is_empty() {
        session.send(kinds.swap_remove(random.below(kinds.len())));
    }
    if eager {
        session.run_eagerly()
    } else {
        session.run()
    }
    session
}

/// Lets the time of what nobody answers pass; the last sign of life is asked for and answered.
fn outlast(session: &mut Session) {
    while session.sent.iter().any(|sent| sent.endings.is_empty()) {
        assert!(session.wait(), "something has to be due");
    }
}

/// How each request has ended if the line held.
fn all_ended_well(session: &Session, policy: AtCeiling, context: &str) {
    for sent in &session.sent {
        let (mut end, items) = sent.kind.end();
        if sent.kind == Kind::Collected && policy == AtCeiling::FailList && sent.endings == ["overflowed"] {
            end = "overflowed".to_owned();
        }
        assert_eq!(sent.endings, [end], "{context}: {sent:?}");
        assert_eq!(sent.items, items, "{context}: {sent:?}");
    }
    let unclaimed = session.told.iter().filter(|told| *told == "unclaimed own Success").count();
    assert_eq!(unclaimed, 2, "{context}: what was given up was answered all the same");
    assert_eq!(session.told[..3], ["connected", "logged in", "booted"], "{context}");
}

#[test]
fn any_split_and_any_order() {
    for seed in 0..100 {
        for policy in POLICIES {
            for eager in [false, true] {
                let link = link(seed, 1 + seed as usize % 200, None);
                let mut session = session(policy, seed, link, eager);
                outlast(&mut session);
                let context = format!("seed {seed}, {policy:?}");
                all_ended_well(&session, policy, &context);
                let full = policy == AtCeiling::FailList;
                session.take_all();
                for sent in session.sent.iter().filter(|sent| sent.kind == Kind::Collected) {
                    // In order and whole, or what fitted.
                    let whole: Vec<String> = (1..=ITEMS).map(|item| item.to_string()).collect();
                    let fits = if full { whole.starts_with(&sent.taken) } else { whole == sent.taken };
                    assert!(fits, "{context}: {sent:?}");
                }
                // Two lists of four, and room for three.
                let overflowed = session.sent.iter().filter(|sent| sent.endings == ["overflowed"]).count();
                assert_eq!(overflowed > 0, full, "{context}");
                assert_eq!(session.events, 2 * (4 + 4 + 2 + 2), "{context}");
                assert_eq!((session.client.open(), session.client.held_items()), (0, 0), "{context}");
            }
        }
    }
}

#[test]
fn the_transcript_is_the_same_for_any_split() {
    for order in 0..12 {
        for policy in POLICIES {
            let mut whole = session(policy, order, link(1, usize::MAX, None), false);
            outlast(&mut whole);
            for (seed, piece) in [(2, 1), (3, 2), (4, 7), (5, 80), (6, 1500), (7, 300)] {
                let mut split = session(policy, order, link(seed, piece, None), false);
                outlast(&mut split);
                assert_eq!(split.transcript, whole.transcript, "order {order}, pieces up to {piece}");
                assert_eq!(format!("{:?}", split.sent), format!("{:?}", whole.sent));
                assert_eq!(split.asked, whole.asked);
                assert_eq!(split.arrived(), whole.arrived());
            }
        }
    }
}

/// What has to hold when a line was cut, and on the next one.
fn after_the_cut(mut session: Session, cut: Cut) {
    assert!(session.over && session.link.is_cut(), "{cut:?}");
    session.take_all();
    let (handed, [at_server, _]) = (session.link.near().written(), session.arrived());
    for sent in &session.sent {
        // Such a request has certainly not been acted on.
        assert!(sent.reached != Some(Reached::NotSent) || sent.written > at_server, "{cut:?}: {sent:?}");
        let [ending] = &sent.endings[..] else { panic!("{cut:?}: {sent:?}") };
        let items = sent.items + sent.taken.len() as u64;
        match sent.reached {
            // Written, and not handed out.
            Some(Reached::NotSent) => assert!(sent.written > handed && items == 0, "{cut:?}: {sent:?}"),
            Some(Reached::Sent) => assert!(sent.written <= handed && items == 0, "{cut:?}: {sent:?}"),
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
    let arrived = session.sent.iter().skip(1).filter(|sent| sent.written <= at_server).count();
    let asked = session.asked.iter().filter(|asked| !asked.starts_with("Login") && *asked != "Ping").count();
    assert_eq!(asked, arrived, "{cut:?}: {:?}", session.asked);

    // A mask that was asked for holds, though the answer was lost.
    let sent = |place: usize| session.sent.get(place);
    let subscribed = [
        sent(0).is_some_and(|sent| sent.endings == ["reply"] || sent.reached == Some(Reached::Sent)),
        sent(1).is_some_and(|sent| sent.endings == ["reply"]),
    ];
    let lost: Vec<_> = session.sent.iter().filter_map(|sent| Some((sent.id, sent.reached?))).collect();
    let report = session.client.reconnect().unwrap();
    let unanswered: Vec<_> = report.unanswered.iter().map(|request| (request.id, request.reached)).collect();
    assert_eq!(unanswered, lost, "{cut:?}");
    assert_eq!((report.restored_mask, report.restored_filters), (subscribed[0], usize::from(subscribed[1])), "{cut:?}");

    session.sent.clear();
    session.connect_again();
    assert_eq!(session.told, ["connected", "logged in", "booted"], "{cut:?}");
    assert_eq!(session.asked[0], if subscribed[0] { "Login system,call" } else { "Login " }, "{cut:?}");
    assert_eq!(session.asked[1..], ["Filter !Event: VarSet"][..usize::from(subscribed[1])], "{cut:?}");
    session.send(Kind::List);
    session.run();
    assert_eq!(session.sent[0].endings, ["list 4"], "{cut:?}");
}

#[test]
fn the_line_is_cut_at_any_byte_of_either_direction() {
    let cut_at = |cut| link(5, 80, cut);
    let mut whole = session(AtCeiling::StopReading, 5, cut_at(None), false);
    let [to_server, to_client] = whole.arrived();
    assert!(to_server > 1000 && to_client > 4000, "{to_server} {to_client}");
    let cuts = (1..to_server).map(Cut::ToServer).chain((1..to_client).map(Cut::ToClient));
    for cut in cuts {
        let policy = POLICIES[usize::from(matches!(cut, Cut::ToClient(at) if at % 2 == 0))];
        after_the_cut(session(policy, 5, cut_at(Some(cut)), false), cut);
    }
}

#[test]
fn the_clock_alone() {
    let mut session = Session::new(config(AtCeiling::StopReading), 1, link(1, 80, None));
    // The server never answers this one, and answers the sign of life that is asked for once it has
    // been given up.
    session.send(Kind::Silent);
    session.run();
    assert!(session.wait());
    assert_eq!(session.sent[0].endings, ["timed out Sent"]);
    for _ in 0..3 {
        let told = session.transcript.len();
        assert!(session.wait() && session.client.poll_transmit().is_some());
        session.run();
        assert_eq!((session.asked.last().unwrap().as_str(), session.transcript.len()), ("Ping", told));
    }
    // It doesn't answer any more.
    session.answers = false;
    session.send(Kind::Outcome);
    session.run();
    let sent_at = session.now();
    assert!(session.wait());
    assert_eq!(session.sent[1].endings, ["timed out Sent"]);
    assert!(session.now() - sent_at >= Duration::from_secs(29));
    while !session.over {
        assert!(session.wait());
        session.run();
    }
    assert_eq!(session.client.poll_timeout(), None);
    assert_eq!(session.client.poll_event().unwrap_err(), ami_proto::ConnectionError::KeepAlive);
}
