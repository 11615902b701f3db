//! A few lines over published libraries, where no published program fits.

use atlas_tests::fixture::Fixture;
use atlas_tests::published::pin;

use crate::{Place, QUICK, check};

#[track_caller]
fn check_app(name: &str, workspace: &str) {
    let fixture = Fixture::new(workspace);
    pin(&fixture, name);
    check(&fixture, QUICK, Place { dir: "debug", program: "app" }, &[]);
}

/// Two native libraries, compiled from bundled C; the build script reads what `links` packages
/// tell.
const DATABASE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2024"
[dependencies]
flate2 = { version = "1", default-features = false, features = ["zlib"] }
libz-sys = { version = "1", features = ["static"] }
rusqlite = { version = "0.40.1", features = ["bundled"] }
//- /build.rs
fn main() {
    let header = std::path::PathBuf::from(std::env::var_os("DEP_Z_INCLUDE").unwrap()).join("zlib.h");
    println!("cargo::rustc-env=ZLIB_HEADER={}", header.exists());
}
//- /src/main.rs
use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use rusqlite::Connection;

fn main() -> rusqlite::Result<()> {
    let database = Connection::open_in_memory()?;
    database.execute_batch("create table t (n integer); insert into t values (3), (4);")?;
    let sum: i64 = database.query_row("select sum(n * n) from t", [], |row| row.get(0))?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[b'a'; 1000]).unwrap();
    let packed = encoder.finish().unwrap();
    println!("{} {sum} {} {packed:?}", rusqlite::version(), env!("ZLIB_HEADER"));
    database.execute("insert into missing values (1)", []).map(drop)
}
"##;

#[test]
fn native_libraries_with_links() {
    check_app("database", DATABASE);
}

/// Serves one request on the loopback device and stops.
const SERVER: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2024"
[dependencies]
axum = { version = "0.8.9", default-features = false, features = ["http1", "tokio"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt-multi-thread", "sync"] }
//- /src/main.rs
use axum::{Router, extract::Path, routing::get};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

async fn greet(Path(name): Path<String>) -> String {
    format!("hello, {name}")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = TcpStream::connect(listener.local_addr()?).await?;
    let app = Router::new().route("/greet/{name}", get(greet));
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        stopped.await.ok();
    });
    let server = tokio::spawn(async { server.await });
    let request = "GET /greet/world HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    client.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await?;
    for line in answer.lines().filter(|line| !line.starts_with("date:")) {
        println!("{line}");
    }
    stop.send(()).unwrap();
    server.await??;
    std::process::exit(if answer.starts_with("HTTP/1.1 200 OK") { 7 } else { 1 });
}
"##;

#[test]
fn async_server() {
    check_app("server", SERVER);
}

/// The largest of the native libraries in common use.
const REPOSITORY: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2024"
[dependencies]
git2 = { version = "0.20.4", default-features = false, features = ["vendored-libgit2"] }
//- /src/main.rs
fn main() {
    let object = git2::Oid::hash_object(git2::ObjectType::Blob, b"hello").unwrap();
    println!("{object} {:?}", git2::Version::get().libgit2_version());
    std::process::exit(i32::from(git2::Repository::open("missing").is_err()));
}
"##;

#[test]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn large_native_library_in_a_sweep() {
    check_app("repository", REPOSITORY);
}
