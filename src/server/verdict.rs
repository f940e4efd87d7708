//! Judges each message as Asterisk does: it is refused, answered by the session itself, or handed
//! to the embedder.

use alloc::boxed::Box;

use super::state::{Effect, Input, Stage};
use super::{Fault, RequestId, Server, asterisk_rules, event_mask};
use crate::request::{Request, SessionRequest};
use crate::value::Classes;
use crate::wire::{Decoder, Frame, FrameEnd, Framing};

/// Tells how a message is dealt with.
pub(super) enum Verdict {
    /// For the embedder to answer: a login, or a request of a session that is logged in.
    Asked(RequestId),
    Malformed(Fault),
    /// Answered by ourselves.
    Done,
}

impl Server {
    /// Looks up how the frame counts: from then on that one is the request in hand.
    pub(super) fn tidy(&mut self, end: FrameEnd) -> FrameEnd {
        self.tidied = None;
        let frame = self.decoder.frame(end);
        let tidied = if asterisk_rules::fault(frame).is_some() { None } else { asterisk_rules::tidy(frame) };
        let Some(bytes) = tidied else { return end };
        let mut decoder = Decoder::new(self.config.limits).with_framing(Framing::PLAIN);
        decoder.push(&bytes);
        // Without any header nothing is left; then the frame as it came has no action either.
        let Ok(Some(tidied)) = decoder.next_end() else { return end };
        self.tidied = Some(Box::new(decoder));
        tidied
    }

    /// The request in hand.
    pub(super) fn frame(&self, end: FrameEnd) -> Frame<'_> {
        self.tidied.as_deref().unwrap_or(&self.decoder).frame(end)
    }

    pub(super) fn judge(&mut self, end: FrameEnd) -> Verdict {
        let frame = self.frame(end);
        let fault = asterisk_rules::fault(frame);
        let action_id = match fault {
            Some((_, id)) => id,
            None => asterisk_rules::action_id(frame),
        };
        // Asterisk echoes what was sent; what can't be echoed is left out.
        let action_id: Box<[u8]> = action_id.filter(|id| !id.contains(&b'\r')).unwrap_or_default().into();
        let fault = fault.map(|(fault, _)| fault).or((!asterisk_rules::has_action(frame)).then_some(Fault::NoAction));
        let request = SessionRequest::of(Request::from(frame));
        let logged_in = self.stage == Stage::Ready;
        let fault = fault.or_else(|| {
            let open = !matches!(request, None | Some(SessionRequest::Mask(_)));
            (!logged_in && !open).then_some(Fault::NotLoggedIn)
        });
        if let Some(fault) = fault {
            self.write_response("Error", &action_id, fault.message());
            return Verdict::Malformed(fault);
        }
        let Some(request) = request else { return Verdict::Asked(self.open.add(action_id)) };
        match request {
            SessionRequest::Login(login) => {
                let mask = login.events().ok().and_then(|events| event_mask::read(events.as_bytes()));
                if let Effect::Ask(_) = self.step(Input::LogIn(mask.unwrap_or(Classes::ALL))) {
                    return Verdict::Asked(self.open.add(action_id));
                }
                self.write_response("Success", &action_id, "Already authenticated");
                Verdict::Done
            }
            SessionRequest::Challenge(challenge) => {
                let known = challenge.auth_type().is_ok_and(|kind| kind.eq_ignore_case("MD5"));
                if known {
                    self.challenged = true;
                    self.write_challenge(&action_id);
                } else {
                    self.write_response("Error", &action_id, "Must specify AuthType");
                }
                Verdict::Done
            }
            SessionRequest::Logoff => {
                self.write_response("Goodbye", &action_id, "Thanks for all the fish.");
                self.step(Input::Goodbye);
                Verdict::Done
            }
            SessionRequest::Mask(events) => {
                let mask = events.event_mask().ok().and_then(|mask| event_mask::read(mask.as_bytes()));
                self.write_mask(&action_id, mask);
                Verdict::Done
            }
        }
    }
}
