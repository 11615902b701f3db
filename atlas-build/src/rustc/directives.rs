//! What a build script prints, parsed: `cargo::KEY=VALUE` and the older `cargo:KEY=VALUE`. Pure; the
//! texts of errors are cargo's.

use camino::Utf8Path;

use crate::packages::{CrateType, Package, Target, TargetKind};
use crate::script::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};

/// Keys that the older notation knows; any other is metadata. No key may be added to it.
const OLD_KEYS: &[&str] = &[
    "rustc-flags",
    "rustc-link-lib",
    "rustc-link-search",
    "rustc-link-arg-cdylib",
    "rustc-cdylib-link-arg",
    "rustc-link-arg-bins",
    "rustc-link-arg-bin",
    "rustc-link-arg-tests",
    "rustc-link-arg-benches",
    "rustc-link-arg-examples",
    "rustc-link-arg",
    "rustc-cfg",
    "rustc-check-cfg",
    "rustc-env",
    "warning",
    "rerun-if-changed",
    "rerun-if-env-changed",
];

const DOCS: &str = "See https://doc.rust-lang.org/cargo/reference/build-scripts.html\
    #outputs-of-the-build-script for more information about build script outputs.";

const BOOTSTRAP_NOTE: &str = "note: crates cannot set `RUSTC_BOOTSTRAP` themselves, as doing so \
    would subvert the stability guarantees of Rust for your project.";

/// What has to be known of a build script in order to judge what it prints.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// How cargo calls its package: `foo v1.0.0`, with ` (source)` unless that is the default
    /// registry.
    pub description: &'a str,
    /// Its package.
    pub package: &'a Package,
    /// `OUT_DIR` of the run.
    pub out_dir: &'a Utf8Path,
    /// What becomes of `rustc-env=RUSTC_BOOTSTRAP`.
    pub bootstrap: Bootstrap<'a>,
}

/// Whether unstable features may be used on a stable compiler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bootstrap<'a> {
    /// The compiler is a nightly one, or `RUSTC_BOOTSTRAP=1`: everywhere.
    Allowed,
    /// The value of `RUSTC_BOOTSTRAP`: in the crates that it lists; nowhere if it is not set.
    Crates(Option<&'a str>),
}

/// A build script printed something that cannot be used; the text is cargo's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidDirective(pub String);

/// One directive, as written.
struct Directive<'a> {
    /// `cargo:` or `cargo::`.
    syntax: &'static str,
    key: &'a str,
    value: &'a str,
    line: &'a str,
}

/// Parses the standard output of a build script. Lines that are not UTF-8 are skipped.
///
/// # Errors
///
/// [`InvalidDirective`] at the first line that cargo refuses.
pub fn parse(stdout: &[u8], script: &Script<'_>) -> Result<BuildScriptOutput, InvalidDirective> {
    let mut output = BuildScriptOutput::default();
    let lines = stdout.split(|&byte| byte == b'\n').filter_map(|line| str::from_utf8(line).ok());
    for line in lines.map(str::trim) {
        if let Some(directive) = directive(line, script)? {
            apply(&directive, script, &mut output)?;
        }
    }
    Ok(output)
}

/// Returns the messages in what a script printed that then failed: `cargo::error`,
/// `cargo::warning` and `cargo:warning`, in order.
pub fn log_message(line: &str) -> Option<(Severity, String)> {
    if let Some(error) = line.strip_prefix("cargo::error=") {
        return Some((Severity::Error, error.to_owned()));
    }
    let warning =
        line.strip_prefix("cargo:warning=").or_else(|| line.strip_prefix("cargo::warning="))?;
    Some((Severity::Warning, warning.to_owned()))
}

fn directive<'a>(
    line: &'a str,
    script: &Script<'_>,
) -> Result<Option<Directive<'a>>, InvalidDirective> {
    let (syntax, key, value) = if let Some(rest) = line.strip_prefix("cargo::") {
        check_rust_version(rest, script)?;
        let (key, value) = split(rest, line, "cargo::", script)?;
        ("cargo::", key, value)
    } else if let Some(rest) = line.strip_prefix("cargo:") {
        if is_old_key(rest) {
            let (key, value) = split(rest, line, "cargo:", script)?;
            ("cargo:", key, value)
        } else {
            ("cargo:", "metadata", rest)
        }
    } else {
        return Ok(None);
    };
    Ok(Some(Directive { syntax, key, value, line }))
}

fn is_old_key(rest: &str) -> bool {
    OLD_KEYS.iter().any(|key| rest.strip_prefix(key).is_some_and(|rest| rest.starts_with('=')))
}

fn split<'a>(
    rest: &'a str,
    line: &str,
    syntax: &str,
    script: &Script<'_>,
) -> Result<(&'a str, &'a str), InvalidDirective> {
    match rest.split_once('=') {
        Some((key, value)) => Ok((key, value.trim_end())),
        None => Err(InvalidDirective(format!(
            "invalid output in {}: `{line}`\nExpected a line with `{syntax}KEY=VALUE` with an `=` \
             character, but none was found.\n{DOCS}",
            whence(script)
        ))),
    }
}

fn whence(script: &Script<'_>) -> String {
    format!("build script of `{}`", script.description)
}

/// The newer notation needs Rust 1.77, so a package that supports an older one must not use it.
fn check_rust_version(rest: &str, script: &Script<'_>) -> Result<(), InvalidDirective> {
    let facts = &script.package.facts;
    let supported = |version: &semver::Version| version.major == 1 && version.minor >= 77;
    if facts.rust_version.as_ref().is_none_or(supported) {
        return Ok(());
    }
    let suggestion = if is_old_key(rest) {
        format!("Switch to the old `cargo:{rest}` syntax (note the single colon).\n")
    } else if let Some(old) = rest.strip_prefix("metadata=") {
        format!(
            "Switch to the old `cargo:{old}` syntax instead of `cargo::{rest}` (note the single \
             colon).\n"
        )
    } else {
        String::new()
    };
    Err(InvalidDirective(format!(
        "the `cargo::` syntax for build script output instructions was added in Rust 1.77.0, but \
         the minimum supported Rust version of `{}` is {}.\n{suggestion}{DOCS}",
        script.description, facts.rust_version_text
    )))
}

fn apply(
    directive: &Directive<'_>,
    script: &Script<'_>,
    output: &mut BuildScriptOutput,
) -> Result<(), InvalidDirective> {
    let value = || directive.value.to_owned();
    match directive.key {
        "rustc-flags" => rustc_flags(directive.value, script, output)?,
        "rustc-link-lib" => output.library_links.push(value()),
        "rustc-link-search" => output.library_paths.push(library_path(directive.value, script)),
        "rustc-cfg" => output.cfgs.push(value()),
        "rustc-check-cfg" => output.check_cfgs.push(value()),
        "rustc-env" => rustc_env(directive.value, script, output)?,
        "error" => output.log_messages.push((Severity::Error, value())),
        "warning" => output.log_messages.push((Severity::Warning, value())),
        "rerun-if-changed" => output.rerun_if_changed.push(directive.value.into()),
        "rerun-if-env-changed" => output.rerun_if_env_changed.push(value()),
        "metadata" => {
            let syntax = if directive.syntax == "cargo:" { "cargo:" } else { "cargo::metadata=" };
            let (key, value) = split(directive.value, directive.line, syntax, script)?;
            output.metadata.push((key.to_owned(), value.to_owned()));
        }
        _ => link_arg(directive, script, output)?,
    }
    Ok(())
}

fn library_path(value: &str, script: &Script<'_>) -> LibraryPath {
    let path = match value.split_once('=') {
        Some(("native" | "crate" | "dependency" | "framework" | "all", path)) => path,
        _ => value,
    };
    let in_out_dir = Utf8Path::new(path).starts_with(script.out_dir);
    LibraryPath { value: value.to_owned(), in_out_dir }
}

fn rustc_flags(
    flags: &str,
    script: &Script<'_>,
    output: &mut BuildScriptOutput,
) -> Result<(), InvalidDirective> {
    let mut words = flags.split_whitespace();
    let (mut paths, mut links) = (Vec::new(), Vec::new());
    while let Some(word) = words.next() {
        let list = match word.get(..2) {
            Some("-l") => &mut links,
            Some("-L") => &mut paths,
            _ => {
                let whence = whence(script);
                let message =
                    format!("only `-l` and `-L` flags are allowed in {whence}: `{}`", flags.trim());
                return Err(InvalidDirective(message));
            }
        };
        let value = match &word[2..] {
            "" => words.next().ok_or_else(|| {
                InvalidDirective(format!(
                    "flag in rustc-flags has no value in {}: ",
                    whence(script)
                ))
            })?,
            value => value,
        };
        list.push(value);
    }
    output.library_links.extend(links.into_iter().map(str::to_owned));
    output.library_paths.extend(paths.into_iter().map(|path| library_path(path, script)));
    Ok(())
}

fn rustc_env(
    value: &str,
    script: &Script<'_>,
    output: &mut BuildScriptOutput,
) -> Result<(), InvalidDirective> {
    let whence = whence(script);
    let Some((name, content)) = value.split_once('=') else {
        let message = format!("Variable rustc-env has no value in {whence}: {value}");
        return Err(InvalidDirective(message));
    };
    if name != "RUSTC_BOOTSTRAP" {
        output.env.push((name.to_owned(), content.to_owned()));
        return Ok(());
    }
    let library = script.package.library().map(Target::crate_name);
    let refusal =
        format!("cannot set `RUSTC_BOOTSTRAP={content}` from {whence}.\n{BOOTSTRAP_NOTE}");
    let allowed = match (script.bootstrap, &library) {
        (Bootstrap::Allowed, _) => true,
        (Bootstrap::Crates(Some(crates)), Some(library)) => {
            crates.split(',').any(|name| name == library)
        }
        (Bootstrap::Crates(_), _) => false,
    };
    if allowed {
        output.log_messages.push((Severity::Warning, refusal));
        return Ok(());
    }
    Err(InvalidDirective(format!(
        "{refusal}\nhelp: If you're sure you want to do this in your project, set the environment \
         variable `RUSTC_BOOTSTRAP={}` before running cargo instead.",
        library.as_deref().unwrap_or("1")
    )))
}

/// Handles the keys that name linker arguments, and refuses unknown ones.
fn link_arg(
    directive: &Directive<'_>,
    script: &Script<'_>,
    output: &mut BuildScriptOutput,
) -> Result<(), InvalidDirective> {
    let Directive { syntax, key, value, line } = directive;
    let (target, what, exists): (_, _, fn(&Target) -> bool) = match *key {
        "rustc-link-arg" => {
            output.linker_args.push((LinkArgTarget::All, (*value).to_owned()));
            return Ok(());
        }
        "rustc-link-arg-cdylib" | "rustc-cdylib-link-arg" => {
            if !script.package.targets.iter().any(is_cdylib) {
                let warning = cdylib_warning(syntax, key, script);
                output.log_messages.push((Severity::Warning, warning));
            }
            output.linker_args.push((LinkArgTarget::Cdylib, (*value).to_owned()));
            return Ok(());
        }
        "rustc-link-arg-bin" => return link_arg_of_bin(directive, script, output),
        "rustc-link-arg-bins" => (LinkArgTarget::Bins, "bin", Target::is_bin),
        "rustc-link-arg-tests" => (LinkArgTarget::Tests, "test", Target::is_test),
        "rustc-link-arg-benches" => (LinkArgTarget::Benches, "benchmark", Target::is_bench),
        "rustc-link-arg-examples" => (LinkArgTarget::Examples, "example", Target::is_example),
        _ => {
            return Err(InvalidDirective(format!(
                "invalid output in {}: `{line}`\nUnknown key: `{key}`.\n{DOCS}",
                whence(script)
            )));
        }
    };
    if !script.package.targets.iter().any(exists) {
        return Err(InvalidDirective(format!(
            "invalid instruction `{syntax}{key}` from {}\nThe package {} does not have a {what} \
             target.",
            whence(script),
            script.description
        )));
    }
    output.linker_args.push((target, (*value).to_owned()));
    Ok(())
}

fn link_arg_of_bin(
    directive: &Directive<'_>,
    script: &Script<'_>,
    output: &mut BuildScriptOutput,
) -> Result<(), InvalidDirective> {
    let Directive { syntax, key, value, .. } = directive;
    let whence = whence(script);
    let Some((bin, arg)) = value.split_once('=') else {
        return Err(InvalidDirective(format!(
            "invalid instruction `{syntax}{key}={value}` from {whence}\nThe instruction should \
             have the form {syntax}{key}=BIN=ARG"
        )));
    };
    if !script.package.targets.iter().any(|target| target.is_bin() && target.name == bin) {
        return Err(InvalidDirective(format!(
            "invalid instruction `{syntax}{key}` from {whence}\nThe package {} does not have a \
             bin target with the name `{bin}`.",
            script.description
        )));
    }
    output.linker_args.push((LinkArgTarget::Bin(bin.to_owned()), arg.to_owned()));
    Ok(())
}

fn is_cdylib(target: &Target) -> bool {
    matches!(&target.kind, TargetKind::Lib(types) if types.contains(&CrateType::Cdylib))
}

fn cdylib_warning(syntax: &str, key: &str, script: &Script<'_>) -> String {
    format!(
        "{syntax}{key} was specified in the build script of {}, but that package does not contain \
         a cdylib target\n\nAllowing this was an unintended change in the 1.50 release, and may \
         become an error in the future. For more information, see \
         <https://github.com/rust-lang/cargo/issues/9562>.",
        script.description
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::packages::testing::package;
    use crate::units::testing::target;

    const NO_BOOTSTRAP: Bootstrap<'static> = Bootstrap::Crates(None);

    fn parse_for(
        package: &Package,
        bootstrap: Bootstrap<'_>,
        stdout: &[u8],
    ) -> Result<BuildScriptOutput, String> {
        let script = Script {
            description: "foo v1.0.0",
            package,
            out_dir: Utf8Path::new("/new/out"),
            bootstrap,
        };
        parse(stdout, &script).map_err(|error| error.0)
    }

    /// A package with a target of every kind.
    fn complete() -> Package {
        let mut foo = package("foo");
        foo.targets = vec![
            target("foo-lib", TargetKind::Lib(vec![CrateType::Lib, CrateType::Cdylib])),
            target("tool", TargetKind::Bin),
            target("t", TargetKind::Test),
            target("b", TargetKind::Bench),
            target("e", TargetKind::ExampleBin),
        ];
        foo
    }

    #[track_caller]
    fn ok(stdout: &str) -> BuildScriptOutput {
        parse_for(&complete(), NO_BOOTSTRAP, stdout.as_bytes()).unwrap()
    }

    fn path(value: &str, in_out_dir: bool) -> LibraryPath {
        LibraryPath { value: value.to_owned(), in_out_dir }
    }

    #[rstest]
    #[case::other_lines("hello\ncargo\n cargo :x\n", BuildScriptOutput::default())]
    #[case::link_lib("cargo::rustc-link-lib=static=z  \n", BuildScriptOutput { library_links: vec!["static=z".into()], ..Default::default() })]
    #[case::indented("   cargo:rustc-link-lib=z\r\n", BuildScriptOutput { library_links: vec!["z".into()], ..Default::default() })]
    #[case::search_elsewhere("cargo:rustc-link-search=native=/usr/lib", BuildScriptOutput { library_paths: vec![path("native=/usr/lib", false)], ..Default::default() })]
    #[case::search_in_out_dir("cargo:rustc-link-search=native=/new/out/x", BuildScriptOutput { library_paths: vec![path("native=/new/out/x", true)], ..Default::default() })]
    #[case::search_beside_out_dir("cargo:rustc-link-search=/new/out-2", BuildScriptOutput { library_paths: vec![path("/new/out-2", false)], ..Default::default() })]
    #[case::search_unknown_kind("cargo:rustc-link-search=odd=/new/out", BuildScriptOutput { library_paths: vec![path("odd=/new/out", false)], ..Default::default() })]
    #[case::flags("cargo:rustc-flags= -l a -lb  -L /x -L/new/out ", BuildScriptOutput { library_links: vec!["a".into(), "b".into()], library_paths: vec![path("/x", false), path("/new/out", true)], ..Default::default() })]
    #[case::no_flags("cargo:rustc-flags=", BuildScriptOutput::default())]
    #[case::cfg("cargo::rustc-cfg=a=\"b\"\ncargo:rustc-cfg=c", BuildScriptOutput { cfgs: vec!["a=\"b\"".into(), "c".into()], ..Default::default() })]
    #[case::check_cfg("cargo::rustc-check-cfg=cfg(x)", BuildScriptOutput { check_cfgs: vec!["cfg(x)".into()], ..Default::default() })]
    #[case::env("cargo::rustc-env=A=b=c", BuildScriptOutput { env: vec![("A".into(), "b=c".into())], ..Default::default() })]
    #[case::rerun("cargo::rerun-if-changed=a b\ncargo:rerun-if-env-changed=CC", BuildScriptOutput { rerun_if_changed: vec!["a b".into()], rerun_if_env_changed: vec!["CC".into()], ..Default::default() })]
    #[case::metadata("cargo::metadata=a=b=c \ncargo:root=/new/out/r", BuildScriptOutput { metadata: vec![("a".into(), "b=c".into()), ("root".into(), "/new/out/r".into())], ..Default::default() })]
    #[case::old_names_of_new_keys("cargo:error=x\ncargo:metadata=a=b", BuildScriptOutput { metadata: vec![("error".into(), "x".into()), ("metadata".into(), "a=b".into())], ..Default::default() })]
    #[case::messages("cargo:warning=a\ncargo::warning=b\ncargo::error=c", BuildScriptOutput { log_messages: vec![(Severity::Warning, "a".into()), (Severity::Warning, "b".into()), (Severity::Error, "c".into())], ..Default::default() })]
    fn directive_is_understood(#[case] stdout: &str, #[case] expected: BuildScriptOutput) {
        assert_eq!(ok(stdout), expected);
    }

    #[rstest]
    #[case("rustc-link-arg=-x", LinkArgTarget::All)]
    #[case("rustc-link-arg-cdylib=-x", LinkArgTarget::Cdylib)]
    #[case("rustc-cdylib-link-arg=-x", LinkArgTarget::Cdylib)]
    #[case("rustc-link-arg-bins=-x", LinkArgTarget::Bins)]
    #[case("rustc-link-arg-bin=tool=-x", LinkArgTarget::Bin("tool".into()))]
    #[case("rustc-link-arg-tests=-x", LinkArgTarget::Tests)]
    #[case("rustc-link-arg-benches=-x", LinkArgTarget::Benches)]
    #[case("rustc-link-arg-examples=-x", LinkArgTarget::Examples)]
    fn linker_argument(
        #[values("cargo:", "cargo::")] syntax: &str,
        #[case] directive: &str,
        #[case] expected: LinkArgTarget,
    ) {
        let output = ok(&format!("{syntax}{directive}"));
        assert_eq!(output.linker_args, [(expected, "-x".to_owned())]);
        assert_eq!(output.log_messages, []);
    }

    const INVALID: &str = "invalid instruction `cargo::";

    #[rstest]
    #[case::bins(
        "rustc-link-arg-bins=-x",
        "rustc-link-arg-bins` from build script of `foo v1.0.0`\nThe package foo v1.0.0 does not have a bin target."
    )]
    #[case::bin(
        "rustc-link-arg-bin=tool=-x",
        "rustc-link-arg-bin` from build script of `foo v1.0.0`\nThe package foo v1.0.0 does not have a bin target with the name `tool`."
    )]
    #[case::no_name(
        "rustc-link-arg-bin=-x",
        "rustc-link-arg-bin=-x` from build script of `foo v1.0.0`\nThe instruction should have the form cargo::rustc-link-arg-bin=BIN=ARG"
    )]
    #[case::tests(
        "rustc-link-arg-tests=-x",
        "rustc-link-arg-tests` from build script of `foo v1.0.0`\nThe package foo v1.0.0 does not have a test target."
    )]
    #[case::benches(
        "rustc-link-arg-benches=-x",
        "rustc-link-arg-benches` from build script of `foo v1.0.0`\nThe package foo v1.0.0 does not have a benchmark target."
    )]
    #[case::examples(
        "rustc-link-arg-examples=-x",
        "rustc-link-arg-examples` from build script of `foo v1.0.0`\nThe package foo v1.0.0 does not have a example target."
    )]
    fn linker_argument_without_target(#[case] directive: &str, #[case] expected: &str) {
        let stdout = format!("cargo::{directive}");
        let error = parse_for(&package("foo"), NO_BOOTSTRAP, stdout.as_bytes()).unwrap_err();
        assert_eq!(error, format!("{INVALID}{expected}"));
    }

    #[test]
    fn cdylib_argument_without_cdylib_warns() {
        let stdout = b"cargo:rustc-cdylib-link-arg=-x";
        let output = parse_for(&package("foo"), NO_BOOTSTRAP, stdout).unwrap();
        assert_eq!(output.linker_args, [(LinkArgTarget::Cdylib, "-x".to_owned())]);
        let (severity, text) = &output.log_messages[0];
        assert_eq!(*severity, Severity::Warning);
        assert!(text.starts_with(
            "cargo:rustc-cdylib-link-arg was specified in the build script of foo v1.0.0, but that \
             package does not contain a cdylib target\n\nAllowing this"
        ));
    }

    #[rstest]
    #[case::no_equals(
        "cargo::foo",
        "invalid output in build script of `foo v1.0.0`: `cargo::foo`\nExpected a line with `cargo::KEY=VALUE` with an `=` character, but none was found.\nSee https"
    )]
    #[case::old_no_equals(
        "cargo:foo",
        "invalid output in build script of `foo v1.0.0`: `cargo:foo`\nExpected a line with `cargo:KEY=VALUE` with an `=` character, but none was found.\nSee https"
    )]
    #[case::metadata_no_equals(
        "cargo::metadata=foo",
        "invalid output in build script of `foo v1.0.0`: `cargo::metadata=foo`\nExpected a line with `cargo::metadata=KEY=VALUE` with an `=` character, but none was found.\nSee https"
    )]
    #[case::unknown_key(
        "cargo::foo=bar",
        "invalid output in build script of `foo v1.0.0`: `cargo::foo=bar`\nUnknown key: `foo`.\nSee https"
    )]
    #[case::other_flag(
        "cargo:rustc-flags=-l a -g",
        "only `-l` and `-L` flags are allowed in build script of `foo v1.0.0`: `-l a -g`"
    )]
    #[case::flag_without_value(
        "cargo:rustc-flags=-L",
        "flag in rustc-flags has no value in build script of `foo v1.0.0`: "
    )]
    #[case::env_without_value(
        "cargo:rustc-env=A",
        "Variable rustc-env has no value in build script of `foo v1.0.0`: A"
    )]
    fn directive_is_refused(#[case] stdout: &str, #[case] expected: &str) {
        let error = parse_for(&complete(), NO_BOOTSTRAP, stdout.as_bytes()).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }

    #[rstest]
    #[case::known_key(
        "rustc-cfg=a",
        "Switch to the old `cargo:rustc-cfg=a` syntax (note the single colon).\n"
    )]
    #[case::metadata(
        "metadata=a=b",
        "Switch to the old `cargo:a=b` syntax instead of `cargo::metadata=a=b` (note the single colon).\n"
    )]
    #[case::new_key("error=a", "")]
    fn new_notation_needs_a_new_rust(#[case] directive: &str, #[case] suggestion: &str) {
        let mut foo = complete();
        foo.facts.rust_version = Some(semver::Version::new(1, 76, 0));
        foo.facts.rust_version_text = "1.76".to_owned();
        let error =
            parse_for(&foo, NO_BOOTSTRAP, format!("cargo::{directive}").as_bytes()).unwrap_err();
        assert_eq!(
            error,
            format!(
                "the `cargo::` syntax for build script output instructions was added in Rust \
                 1.77.0, but the minimum supported Rust version of `foo v1.0.0` is 1.76.\n\
                 {suggestion}{DOCS}"
            )
        );
        assert!(parse_for(&foo, NO_BOOTSTRAP, b"cargo:rustc-cfg=a").is_ok());
        foo.facts.rust_version = Some(semver::Version::new(1, 77, 0));
        assert!(parse_for(&foo, NO_BOOTSTRAP, b"cargo::rustc-cfg=a").is_ok());
    }

    #[rstest]
    #[case::stable(NO_BOOTSTRAP, false)]
    #[case::other_crate(Bootstrap::Crates(Some("bar,baz")), false)]
    #[case::this_crate(Bootstrap::Crates(Some("bar,foo_lib")), true)]
    #[case::nightly(Bootstrap::Allowed, true)]
    fn bootstrap_is_never_set(#[case] bootstrap: Bootstrap<'_>, #[case] accepted: bool) {
        let refusal = format!(
            "cannot set `RUSTC_BOOTSTRAP=1` from build script of `foo v1.0.0`.\n{BOOTSTRAP_NOTE}"
        );
        match parse_for(&complete(), bootstrap, b"cargo:rustc-env=RUSTC_BOOTSTRAP=1") {
            Ok(output) => {
                assert!(accepted);
                assert_eq!(output.env, []);
                assert_eq!(output.log_messages, [(Severity::Warning, refusal)]);
            }
            Err(error) => {
                assert!(!accepted);
                let help = "\nhelp: If you're sure you want to do this in your project, set the \
                    environment variable `RUSTC_BOOTSTRAP=foo_lib` before running cargo instead.";
                assert_eq!(error, format!("{refusal}{help}"));
            }
        }
    }

    #[test]
    fn lines_that_are_not_utf8_are_skipped() {
        let stdout = b"cargo::rustc-cfg=a\ncargo::rustc-cfg=\xff\ncargo::rustc-cfg=b";
        let output = parse_for(&complete(), NO_BOOTSTRAP, stdout).unwrap();
        assert_eq!(output.cfgs, ["a", "b"]);
    }

    #[rstest]
    #[case("cargo::error=a ", Some((Severity::Error, "a ")))]
    #[case("cargo:error=a", None)]
    #[case("cargo:warning=a", Some((Severity::Warning, "a")))]
    #[case("cargo::warning=a", Some((Severity::Warning, "a")))]
    #[case(" cargo::warning=a", None)]
    fn message_of_a_failed_script(#[case] line: &str, #[case] expected: Option<(Severity, &str)>) {
        assert_eq!(log_message(line), expected.map(|(severity, text)| (severity, text.to_owned())));
    }
}
