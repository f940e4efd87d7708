//! The command line as a command of the vocabulary.

use ami_proto::conference::{CallerId, Command, Level, Relation, Side, Who};
use clap::{Subcommand, ValueEnum};

/// A command to a conference.
#[derive(Subcommand)]
pub(crate) enum Told {
    /// Which conferences there are
    ListRooms,
    /// Lists the participants; without a conference an answer is read from standard input
    List { conference: Option<String> },
    /// All that is known of it
    Show { conference: String },
    /// They are not heard
    Mute {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// They are heard again
    Unmute {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// They hear nothing
    Deaf {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// They hear again
    Undeaf {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// Out with them
    Kick {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// Out with them, without a sound
    HangUp {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
    },
    /// Locks the conference: no more participants get in
    Lock { conference: String },
    /// Others get in again
    Unlock { conference: String },
    /// Callers are asked for a PIN
    SetPin { conference: String, pin: String },
    /// Callers are not asked any more
    RemovePin { conference: String },
    /// Begins to record
    StartRecord { conference: String, file: Option<String> },
    /// Stops recording
    StopRecord { conference: String, file: Option<String> },
    /// Tells the state of the recording
    RecordStatus { conference: String },
    /// Shows or sets how loud they are heard, or hear
    Volume {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
        side: Way,
        /// A number, `up` or `down`
        #[arg(allow_negative_numbers = true, value_parser = level)]
        level: Option<Level>,
    },
    /// Shows or sets how loud they must be to be heard
    Energy {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
        /// A number, `up` or `down`
        #[arg(allow_negative_numbers = true, value_parser = level)]
        level: Option<Level>,
    },
    /// Plays a sound
    Play {
        conference: String,
        file: String,
        /// To one of them
        #[arg(long)]
        to: Option<String>,
    },
    /// Ends all that is played
    StopPlaying {
        conference: String,
        /// To one of them
        #[arg(long)]
        to: Option<String>,
    },
    /// Speaks a text
    Say {
        conference: String,
        text: String,
        /// To one of them
        #[arg(long)]
        to: Option<String>,
    },
    /// Plays tones to them
    SendDtmf {
        conference: String,
        /// A participant's id, `all`, `all-but-moderators` or `last`
        who: String,
        digits: String,
    },
    /// Calls a party in
    Dial {
        conference: String,
        endpoint: String,
        /// The text that the participants are shown
        #[arg(long, num_args = 2, value_names = ["NUMBER", "NAME"])]
        caller: Option<Vec<String>>,
        /// Waits for the outcome
        #[arg(long)]
        wait: bool,
    },
    /// Calls a user of the server in
    Invite { conference: String, user: String },
    /// Moves participants to another conference
    Transfer {
        conference: String,
        other: String,
        #[arg(required = true)]
        participants: Vec<String>,
    },
    /// The relation of one participant to another
    Relate { conference: String, participant: String, other: String, relation: Tie },
    /// Gives a participant the floor
    Floor { conference: String, participant: String },
    /// Makes a participant the picture that all see
    VideoSource { conference: String, participant: String },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Way {
    In,
    Out,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Tie {
    Nospeak,
    Nohear,
    Clear,
}

fn who(word: &str) -> Who<'_> {
    match word {
        "all" => Who::All,
        "all-but-moderators" => Who::AllButModerators,
        "last" => Who::Last,
        id => Who::One(id),
    }
}

fn level(word: &str) -> Result<Level, std::num::ParseIntError> {
    Ok(match word {
        "up" => Level::Up,
        "down" => Level::Down,
        number => Level::To(number.parse()?),
    })
}

impl Told {
    /// The command; `ids` is room for those who are transferred.
    pub(crate) fn command<'a>(&'a self, ids: &'a mut Vec<&'a str>) -> Command<'a> {
        match self {
            Self::ListRooms => Command::ListRooms,
            Self::List { conference } => Command::List(conference.as_deref().unwrap_or_default()),
            Self::Show { conference } => Command::Show(conference),
            Self::Mute { conference, who: word } => Command::Mute { conference, who: who(word) },
            Self::Unmute { conference, who: word } => Command::Unmute { conference, who: who(word) },
            Self::Deaf { conference, who: word } => Command::Deaf { conference, who: who(word) },
            Self::Undeaf { conference, who: word } => Command::Undeaf { conference, who: who(word) },
            Self::Kick { conference, who: word } => Command::Kick { conference, who: who(word) },
            Self::HangUp { conference, who: word } => Command::HangUp { conference, who: who(word) },
            Self::Lock { conference } => Command::Lock(conference),
            Self::Unlock { conference } => Command::Unlock(conference),
            Self::SetPin { conference, pin } => Command::SetPin { conference, pin },
            Self::RemovePin { conference } => Command::RemovePin(conference),
            Self::StartRecord { conference, file } => Command::StartRecord { conference, file: file.as_deref() },
            Self::StopRecord { conference, file } => Command::StopRecord { conference, file: file.as_deref() },
            Self::RecordStatus { conference } => Command::RecordStatus(conference),
            Self::Volume { conference, who: word, side, level } => {
                let side = match side {
                    Way::In => Side::In,
                    Way::Out => Side::Out,
                };
                Command::Volume { conference, who: who(word), side, level: *level }
            }
            Self::Energy { conference, who: word, level } => {
                Command::Energy { conference, who: who(word), level: *level }
            }
            Self::Play { conference, file, to } => Command::Play { conference, file, to: to.as_deref() },
            Self::StopPlaying { conference, to } => Command::StopPlaying { conference, to: to.as_deref() },
            Self::Say { conference, text, to } => Command::Say { conference, text, to: to.as_deref() },
            Self::SendDtmf { conference, who: word, digits } => {
                Command::SendDtmf { conference, who: who(word), digits }
            }
            Self::Dial { conference, endpoint, caller, wait } => {
                let caller = caller.as_ref().map(|caller| CallerId { number: &caller[0], name: &caller[1] });
                if *wait {
                    Command::DialAndWait { conference, endpoint, caller }
                } else {
                    Command::Dial { conference, endpoint, caller }
                }
            }
            Self::Invite { conference, user } => Command::Invite { conference, user },
            Self::Transfer { conference, other, participants } => {
                ids.extend(participants.iter().map(String::as_str));
                Command::Transfer { conference, participants: ids, to: other }
            }
            Self::Relate { conference, participant, other, relation } => {
                let relation = match relation {
                    Tie::Nospeak => Relation::NoSpeak,
                    Tie::Nohear => Relation::NoHear,
                    Tie::Clear => Relation::Clear,
                };
                Command::Relate { conference, participant, other, relation }
            }
            Self::Floor { conference, participant } => Command::Floor { conference, participant },
            Self::VideoSource { conference, participant } => Command::VideoSource { conference, participant },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each command of the vocabulary has a word, blanks as `-`.
    #[test]
    fn every_command_has_a_word() {
        let words = Told::augment_subcommands(clap::Command::new("conference"));
        for command in Command::ALL {
            // `dial --wait`.
            let word = command.name().trim_end_matches(" and wait").replace(' ', "-");
            assert!(words.find_subcommand(&word).is_some(), "{command} has no word");
        }
    }
}
