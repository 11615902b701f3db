//! A client of the language server protocol, as small as can be: requests, notifications, and what the
//! server asks in turn. Knows nothing of Rust.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use atlas_tests::process::{Command, Conversation};
use serde_json::{Value, json};

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_secs(600);

/// A server, and what it has said.
pub(crate) struct Client {
    conversation: Conversation,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    settings: Value,
    next: u64,
}

impl Client {
    /// Starts a server. `settings` is what it is told when it asks.
    pub(crate) fn start(command: Command, settings: Value) -> Self {
        let (conversation, stdin, stdout) = command.converse();
        let (sender, messages) = channel();
        thread::spawn(move || listen(stdout, &sender));
        Client { conversation, stdin, messages, settings, next: 0 }
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|message| {
            let is_answer = message.get("method").is_none() && message["id"] == id;
            is_answer.then(|| message["result"].clone())
        })
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Waits for a message in which something is found. What the server asks meanwhile is answered.
    pub(crate) fn wait<T>(&mut self, mut find: impl FnMut(&Value) -> Option<T>) -> T {
        loop {
            let message = match self.messages.recv_timeout(PATIENCE) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => panic!("the server says nothing any longer"),
                Err(RecvTimeoutError::Disconnected) => panic!("the server has ended"),
            };
            self.answer(&message);
            if let Some(found) = find(&message) {
                return found;
            }
        }
    }

    fn answer(&mut self, message: &Value) {
        let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) else {
            return;
        };
        let result = match method {
            "workspace/configuration" => {
                let n_items = message["params"]["items"].as_array().map_or(0, Vec::len);
                json!(vec![self.settings.clone(); n_items])
            }
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let sent = write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len());
        sent.and_then(|()| self.stdin.flush()).expect("the server listens");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.conversation.end();
    }
}

/// Passes on what the server says.
fn listen(stdout: ChildStdout, messages: &Sender<Value>) {
    let mut stdout = BufReader::new(stdout);
    while let Some(message) = read(&mut stdout) {
        if messages.send(message).is_err() {
            return;
        }
    }
}

fn read(stdout: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut text = vec![0; length];
    stdout.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}
