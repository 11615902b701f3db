//! A run of rustc: what it says, and what becomes of its files. Starts nothing and decides nothing
//! about other units.

use std::sync::Arc;

use crate::event::{Event, Failure, OutputStream};
use crate::execute::message::told;
use crate::execute::publish;
use crate::execute::runner::Exit;
use crate::ids::UnitId;
use crate::plan::CompileStep;
use crate::process::CommandLine;
use crate::rustc::{RustcMessage, parse_line, restore_json, restore_paths};
use crate::store::Message;

/// Something that rustc wrote.
#[derive(Debug)]
pub(crate) enum Said {
    /// To standard error.
    Message(RustcMessage),
    /// To standard output.
    Line(String),
}

impl Said {
    /// Understands a line; `None` if nobody needs it. Takes time with big messages, so it is done
    /// on the thread that reads them.
    pub(crate) fn understand(stream: OutputStream, line: &str) -> Option<Self> {
        match stream {
            OutputStream::Stdout => Some(Said::Line(line.to_owned())),
            OutputStream::Stderr => parse_line(line).map(Said::Message),
        }
    }
}

/// Whether dependents may start now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Readiness {
    /// No change.
    Unchanged,
    /// The metadata has just been published.
    Metadata,
}

/// A compile that is going on.
#[derive(Debug)]
pub(crate) struct Compile<'a> {
    step: &'a CompileStep,
    messages: Vec<Message>,
    /// How many of them were told before the others were held back.
    n_told: usize,
    /// How it is told, and published.
    manner: Manner,
    is_metadata_published: bool,
    /// The metadata could not be published; the compile is let go on and then fails.
    error: Option<publish::PublishError>,
    /// How rustdoc ended, while rustc is asked what it has read.
    rustdoc_exit: Option<Exit>,
}

/// How a compile is told and published.
#[derive(Debug, Default)]
pub(crate) struct Manner {
    /// Whether the metadata of an earlier compile stays published.
    pub(crate) keeps_metadata: bool,
    /// Whether nothing is told before it is known that the compile counts.
    pub(crate) is_held: bool,
    /// What was told before.
    pub(crate) known: Vec<Message>,
}

impl<'a> Compile<'a> {
    /// Begins a compile; its directory has to be prepared.
    pub(crate) fn new(step: &'a CompileStep, manner: Manner) -> Self {
        let messages = Vec::new();
        Compile {
            step,
            messages,
            n_told: 0,
            manner,
            is_metadata_published: false,
            error: None,
            rustdoc_exit: None,
        }
    }

    /// Returns what it does.
    pub(crate) fn step(&self) -> &'a CompileStep {
        self.step
    }

    /// Notes how rustdoc has ended.
    pub(crate) fn set_rustdoc_exit(&mut self, exit: Exit) {
        self.rustdoc_exit = Some(exit);
    }

    /// Returns how rustdoc has ended, once.
    pub(crate) fn take_rustdoc_exit(&mut self) -> Option<Exit> {
        self.rustdoc_exit.take()
    }

    /// Returns whether nothing was told of it.
    pub(crate) fn is_held(&self) -> bool {
        self.manner.is_held
    }

    /// Tells nothing more before it is known that the compile counts.
    pub(crate) fn hold(&mut self) {
        self.manner.is_held = true;
        self.n_told = self.messages.len();
    }

    /// Returns what rustc said.
    pub(crate) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Publishes everything after all.
    pub(crate) fn give_up_metadata(&mut self) {
        self.manner.keeps_metadata = false;
    }

    /// Tells what was held back.
    pub(crate) fn release(&mut self, unit: UnitId, events: &mut dyn FnMut(Event)) {
        if std::mem::take(&mut self.manner.is_held) {
            for message in &self.messages[self.n_told..] {
                events(told(message, unit));
            }
        }
    }

    /// Tells and keeps what rustc said, and publishes metadata.
    pub(crate) fn hear(
        &mut self,
        unit: UnitId,
        said: Said,
        events: &mut dyn FnMut(Event),
    ) -> Readiness {
        let message = match said {
            Said::Line(line) => {
                events(Event::Output(unit, OutputStream::Stdout, line));
                return Readiness::Unchanged;
            }
            Said::Message(RustcMessage::MetadataWritten) => return self.publish_metadata(),
            Said::Message(RustcMessage::Diagnostic(mut diagnostic)) => {
                restore_paths(&mut diagnostic, &self.step.remaps);
                Message::Diagnostic(diagnostic)
            }
            Said::Message(RustcMessage::FutureIncompat(mut json)) => {
                restore_json(&mut json, &self.step.remaps);
                Message::FutureIncompat(json)
            }
            Said::Message(RustcMessage::Text(line)) => Message::Text(line),
        };
        let known = self.manner.known.iter().position(|known| *known == message);
        match known {
            Some(known) => drop(self.manner.known.swap_remove(known)),
            None if self.manner.is_held => {}
            None => events(told(&message, unit)),
        }
        self.messages.push(message);
        Readiness::Unchanged
    }

    fn publish_metadata(&mut self) -> Readiness {
        let is_wanted = self.step.pipelined && !self.manner.keeps_metadata;
        if !is_wanted || self.is_metadata_published || self.error.is_some() {
            return Readiness::Unchanged;
        }
        match publish::publish_metadata(self.step) {
            Ok(()) => {
                self.is_metadata_published = true;
                Readiness::Metadata
            }
            Err(error) => {
                self.error = Some(error);
                Readiness::Unchanged
            }
        }
    }

    /// Judges a compile that has ended, puts the files of a good one in their places and returns
    /// what it said.
    pub(crate) fn finish(
        self,
        command: &Arc<CommandLine>,
        exit: Exit,
    ) -> Result<Vec<Message>, Failure> {
        if !exit.success {
            return Err(Failure::Exit {
                command: Arc::clone(command),
                code: exit.code,
                status: exit.description,
                stdout: String::new(),
                stderr: String::new(),
            });
        }
        if let Some(error) = self.error {
            return Err(error.into());
        }
        if self.is_metadata_published || self.manner.keeps_metadata {
            publish::publish_objects(self.step)?;
        } else {
            publish::publish_all(self.step)?;
        }
        Ok(self.messages)
    }
}
