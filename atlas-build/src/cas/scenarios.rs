//! What holds of a store as a whole: what was added is found again, by many at once, and after
//! everything that can go wrong.

use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use rstest::rstest;

use super::testing::{FailingDisk, Place, age, blob, key, result, tree};
use super::*;

/// Restores a text and returns it.
fn restored(
    place: &Place,
    cas: &Cas,
    text: &str,
    sharing: Sharing,
) -> Result<String, RestoreError> {
    let to = place.path.join("restored");
    let _ = fs_err::remove_file(&to);
    cas.restore(&blob(text.as_bytes()), &to, sharing)?;
    Ok(fs_err::read_to_string(to).unwrap())
}

#[rstest]
#[case::shared(Sharing::ReadOnly)]
#[case::own(Sharing::Own)]
fn what_was_added_is_found_by_another_process(#[case] sharing: Sharing) {
    let place = Place::new();
    let n_bytes = place.add(&place.open(), "a", &["one", "two"]).unwrap();
    let cas = place.open();
    let found = cas.result(&key("a")).unwrap();
    assert_eq!(found, result("a", &["one", "two"]));
    assert!(n_bytes > 6);
    assert_eq!(restored(&place, &cas, "one", sharing).unwrap(), "one");
    assert_eq!(cas.result(&key("b")), None);
    assert_eq!(cas.access(), Access::ReadWrite);
    assert_eq!(cas.take_troubles(), []);
}

#[test]
fn nothing_is_written_twice() {
    let place = Place::new();
    let cas = place.open();
    let first = place.add(&cas, "a", &["text"]).unwrap();
    let second = place.add(&cas, "b", &["text"]).unwrap();
    assert_eq!(first - second, 4);
}

#[test]
fn root_says_what_it_is() {
    let place = Place::new();
    place.open();
    let tag = fs_err::read_to_string(place.root().join("CACHEDIR.TAG")).unwrap();
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    assert!(place.root().join("v1/format").is_file());
}

#[test]
fn store_of_another_version_is_left_alone() {
    let place = Place::new();
    let other = place.root().join("v0/results");
    fs_err::create_dir_all(&other).unwrap();
    fs_err::write(other.join("x"), "y").unwrap();
    let cas = place.open();
    place.add(&cas, "a", &["one"]).unwrap();
    collect(&cas, &Limits { max_size: Some(0), ..Limits::none(SystemTime::now()) }, &mut |_| ())
        .unwrap();
    assert_eq!(fs_err::read_to_string(other.join("x")).unwrap(), "y");
}

#[cfg(unix)]
#[test]
fn modes_are_those_of_what_is_restored() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["one"]).unwrap();
    let mode = |path: &Utf8Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    let restore = |name: &str, executable| {
        let (to, blob) = (place.path.join(name), Blob { executable, ..blob(b"one") });
        cas.restore(&blob, &to, Sharing::Own).unwrap();
        mode(&to)
    };
    assert_eq!((restore("program", true), restore("text", false)), (0o755, 0o644));
    assert_eq!(mode(&cas.layout.blob(&blob(b"one").digest)), 0o444);
}

#[rstest]
#[case::shared(Sharing::ReadOnly)]
#[case::own(Sharing::Own)]
fn damaged_blob_is_removed_and_told_of_once(#[case] sharing: Sharing) {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    let path = cas.layout.blob(&blob(b"text").digest);
    for bit in 0..32 {
        let mut bytes = b"text".to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs_err::remove_file(&path).unwrap();
        fs_err::write(&path, bytes).unwrap();
        let error = restored(&place, &cas, "text", sharing).unwrap_err();
        assert!(matches!(error, RestoreError::Damaged { .. }), "{error}");
        assert!(!path.exists());
        let error = restored(&place, &cas, "text", sharing).unwrap_err();
        assert!(matches!(error, RestoreError::Missing { .. }), "{error}");
        place.add(&cas, "a", &["text"]).unwrap();
        assert_eq!(restored(&place, &cas, "text", sharing).unwrap(), "text");
    }
    assert_eq!(cas.take_troubles(), [Trouble::DamagedBlob { path }]);
    assert_eq!(cas.take_troubles(), []);
    assert!(!tree(&place.path).iter().any(|path| path.as_str().contains(".restoring")));
}

/// Also one that has the size that it should have.
#[rstest]
#[case::truncated("te")]
#[case::changed("tex_")]
fn damaged_blob_is_written_again(#[case] damaged: &str) {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    let path = cas.layout.blob(&blob(b"text").digest);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, damaged).unwrap();
    place.add(&cas, "b", &["text"]).unwrap();
    assert_eq!(cas.take_troubles(), [Trouble::DamagedBlob { path }]);
    assert_eq!(restored(&place, &cas, "text", Sharing::Own).unwrap(), "text");
}

#[test]
fn no_flipped_bit_of_a_result_goes_unnoticed() {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    let path = cas.layout.result(&key("a"));
    let bytes = fs_err::read(&path).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs_err::write(&path, flipped).unwrap();
        assert_eq!(cas.result(&key("a")), None, "bit {bit}");
        assert!(!path.exists());
    }
    assert_eq!(cas.take_troubles(), [Trouble::DamagedResult { path }]);
}

/// A store with a file of each kind.
fn filled() -> Place {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    cas.add_hint(&key("base"), b"hint").unwrap();
    cas.count(&BuildCounts::default()).unwrap();
    let checkout = Checkout { target_directory: "/t".into(), workspace_root: "/ws".into() };
    cas.bind(&checkout, &[key("a")]).unwrap();
    let limits = Limits::none(SystemTime::now());
    assert_eq!(collect_if_due(&cas, Duration::from_secs(1), &limits), None);
    place
}

#[test]
fn flipped_bit_in_any_file_does_no_harm() {
    let n_files = tree(&filled().root()).len();
    assert_eq!(n_files, 10);
    for (n, position) in (0..n_files).flat_map(|n| [(n, 0), (n, 1), (n, 2)]) {
        let place = filled();
        let path = &tree(&place.root())[n];
        let mut bytes = fs_err::read(path).unwrap();
        // The first byte, the one in the middle, the last one.
        let Some(last) = bytes.len().checked_sub(1) else { continue };
        bytes[position * last / 2] ^= 4;
        fs_err::remove_file(path).unwrap();
        fs_err::write(path, &bytes).unwrap();
        let cas = place.open();
        let found = cas.result(&key("a"));
        assert!(found.is_none_or(|found| found == result("a", &["text"])), "{path}");
        let text = restored(&place, &cas, "text", Sharing::Own);
        assert!(text.is_ok_and(|text| text == "text") || !cas.take_troubles().is_empty(), "{path}");
        let hints = cas.hints(&key("base"));
        assert!(hints.is_empty() || hints == [b"hint"], "{path}");
        let limits = Limits::none(SystemTime::now());
        collect_if_due(&cas, Duration::from_secs(1), &limits);
        verify(&cas, true, &mut |_| ());
        place.add(&cas, "a", &["text"]).unwrap();
        assert_eq!(restored(&place, &cas, "text", Sharing::Own).unwrap(), "text");
        assert!(verify(&cas, false, &mut |_| ()).is_whole(), "{path}");
        assert_eq!(cas.access(), Access::ReadWrite);
    }
}

#[test]
fn result_at_the_place_of_another_is_none() {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &[]).unwrap();
    place.add(&cas, "b", &[]).unwrap();
    fs_err::copy(cas.layout.result(&key("a")), cas.layout.result(&key("b"))).unwrap();
    assert_eq!(cas.result(&key("b")), None);
    assert!(cas.result(&key("a")).is_some());
}

#[test]
fn file_that_has_changed_is_not_stored() {
    let place = Place::new();
    let cas = place.open();
    let (blob, path) = place.file("file", b"old");
    fs_err::write(&path, "new").unwrap();
    let files = [(blob, path.clone())];
    let error = cas.add(&key("a"), &result("a", &["old"]), &files).unwrap_err();
    assert!(matches!(error, CasError::Changed { .. }), "{error}");
    fs_err::remove_file(&path).unwrap();
    let error = cas.add(&key("a"), &result("a", &["old"]), &files).unwrap_err();
    assert!(matches!(error, CasError::Changed { .. }), "{error}");
    assert_eq!(cas.result(&key("a")), None);
    assert_eq!(tree(&cas.layout.blobs()).len() + tree(&cas.layout.tmp()).len(), 0);
    // That is nobody's fault, and the store goes on.
    assert_eq!((cas.access(), cas.take_troubles()), (Access::ReadWrite, vec![]));
}

#[test]
fn restored_file_is_not_written_over() {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    let (_, to) = place.file("mine", b"mine");
    for sharing in [Sharing::ReadOnly, Sharing::Own] {
        cas.restore(&blob(b"text"), &to, sharing).unwrap_err();
        assert_eq!(fs_err::read(&to).unwrap(), b"mine");
    }
}

#[test]
fn half_a_file_of_a_killed_restore_is_no_obstacle() {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["text"]).unwrap();
    fs_err::write(place.path.join(".restoring-to"), "te").unwrap();
    cas.restore(&blob(b"text"), &place.path.join("to"), Sharing::Own).unwrap();
    assert_eq!(fs_err::read(place.path.join("to")).unwrap(), b"text");
    assert!(!place.path.join(".restoring-to").exists());
}

#[rstest]
#[case::disk_full(io::ErrorKind::StorageFull)]
#[case::quota(io::ErrorKind::QuotaExceeded)]
#[case::read_only(io::ErrorKind::ReadOnlyFilesystem)]
fn failure_at_any_write_leaves_nothing_half_written(#[case] kind: io::ErrorKind) {
    let texts = ["one", "two"];
    for n in 0.. {
        let place = Place::new();
        let disk = FailingDisk::after(u64::MAX, kind);
        let cas = place.on(disk.clone()).unwrap();
        disk.left.store(n, Ordering::SeqCst);
        let added = place.add(&cas, "a", &texts);
        assert_eq!(added.is_err(), disk.has_failed(), "write {n}");
        assert_eq!(tree(&cas.layout.tmp()), <[&str; 0]>::default(), "write {n}");
        if !disk.has_failed() {
            return;
        }
        assert_eq!(cas.access(), Access::ReadOnly);
        assert_eq!(cas.take_troubles().len(), 1);
        let error = place.add(&cas, "b", &texts).unwrap_err();
        assert!(matches!(error, CasError::ReadOnly { .. }), "{error}");
        assert_eq!(cas.take_troubles(), []);
        assert_eq!(cas.result(&key("a")), None);
        let verification = verify(&place.open(), false, &mut |_| ());
        assert!(verification.is_whole(), "write {n}: {verification:?}");
        let cas = place.open();
        place.add(&cas, "a", &texts).unwrap();
        assert_eq!(restored(&place, &cas, "two", Sharing::Own).unwrap(), "two");
    }
}

#[test]
fn failed_restore_leaves_nothing() {
    for n in 0.. {
        let place = Place::new();
        place.add(&place.open(), "a", &["text"]).unwrap();
        let disk = FailingDisk::after(u64::MAX, io::ErrorKind::StorageFull);
        let cas = place.on(disk.clone()).unwrap();
        disk.left.store(n, Ordering::SeqCst);
        let to = place.path.join("to/file");
        fs_err::create_dir(place.path.join("to")).unwrap();
        let restored = cas.restore(&blob(b"text"), &to, Sharing::Own);
        assert_eq!(restored.is_err(), disk.has_failed());
        if !disk.has_failed() {
            return;
        }
        assert_eq!(tree(&place.path.join("to")).len(), 0, "write {n}");
        assert!(matches!(restored, Err(RestoreError::File { .. })));
        assert!(cas.layout.blob(&blob(b"text").digest).exists());
    }
}

#[rstest]
#[case::denied(io::ErrorKind::PermissionDenied)]
#[case::read_only(io::ErrorKind::ReadOnlyFilesystem)]
fn store_that_may_only_be_read_is_read(#[case] kind: io::ErrorKind) {
    let place = Place::new();
    place.add(&place.open(), "a", &["one"]).unwrap();
    let before = tree(&place.root());
    let cas = place.on(FailingDisk::after(0, kind)).unwrap();
    assert_eq!((cas.access(), cas.take_troubles()), (Access::ReadOnly, vec![]));
    assert!(cas.result(&key("a")).is_some());
    assert!(place.add(&cas, "b", &["two"]).is_err());
    assert!(cas.add_hint(&key("a"), b"hint").is_err());
    assert!(cas.count(&BuildCounts::default()).is_err());
    assert_eq!(cas.take_troubles(), []);
    assert_eq!(tree(&place.root()), before);
}

#[test]
fn store_on_a_full_disk_is_read_and_told_of() {
    let place = Place::new();
    place.add(&place.open(), "a", &["one"]).unwrap();
    let cas = place.on(FailingDisk::after(0, io::ErrorKind::StorageFull)).unwrap();
    assert_eq!(cas.access(), Access::ReadOnly);
    assert_eq!(cas.take_troubles().len(), 1);
    assert!(cas.result(&key("a")).is_some());
}

#[test]
fn root_that_cannot_be_made_is_an_error() {
    let place = Place::new();
    fs_err::write(place.path.join("store"), "a file").unwrap();
    assert!(Cas::open(&place.root()).is_err());
    let place = Place::new();
    assert!(place.on(FailingDisk::after(0, io::ErrorKind::PermissionDenied)).is_err());
}

#[test]
fn store_that_is_deleted_meanwhile_is_made_again() {
    let place = Place::new();
    let cas = place.open();
    place.add(&cas, "a", &["one"]).unwrap();
    fs_err::remove_dir_all(place.root()).unwrap();
    assert_eq!(cas.result(&key("a")), None);
    assert!(matches!(
        restored(&place, &cas, "one", Sharing::ReadOnly),
        Err(RestoreError::Missing { .. })
    ));
    cas.add_hint(&key("a"), b"hint").unwrap();
    fs_err::remove_dir_all(place.root()).unwrap();
    cas.count(&BuildCounts::default()).unwrap();
    fs_err::remove_dir_all(place.root()).unwrap();
    place.add(&cas, "a", &["one"]).unwrap();
    assert!(cas.result(&key("a")).is_some());
    assert_eq!((cas.access(), cas.take_troubles()), (Access::ReadWrite, vec![]));
}

#[test]
fn many_threads_and_stores_add_the_same_at_once() {
    let place = Place::new();
    let stores: Vec<Cas> = (0..4).map(|_| place.open()).collect();
    let texts: Vec<String> = (0..20).map(|n| format!("text {n} ").repeat(1000)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (result, mut files) = (result("a", &texts), Vec::new());
    files.extend(
        texts.iter().enumerate().map(|(n, text)| place.file(&n.to_string(), text.as_bytes())),
    );
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (cas, files, result) = (&stores[n % 4], &files, &result);
            scope.spawn(move || {
                let name = if n < 4 { "a".to_owned() } else { format!("a{n}") };
                cas.add(&key(&name), result, files).unwrap();
                assert_eq!(cas.result(&key(&name)).as_ref(), Some(result));
            });
        }
    });
    let verification = verify(&stores[0], false, &mut |_| ());
    assert!(verification.is_whole(), "{verification:?}");
    assert_eq!((verification.results.count, verification.blobs.count), (5, 20));
    assert_eq!(tree(&stores[0].layout.tmp()).len(), 0);
}

#[test]
fn what_is_added_during_a_collection_stays() {
    let place = Place::new();
    let texts: Vec<String> = (0..40).map(|n| format!("text {n}")).collect();
    let limits = || Limits { max_size: Some(0), ..Limits::none(SystemTime::now()) };
    std::thread::scope(|scope| {
        let adding = scope.spawn(|| {
            let cas = place.open();
            for round in 0..4 {
                for text in &texts {
                    place.add(&cas, &format!("{text} {}", round % 2), &[text, "same"]).unwrap();
                }
            }
        });
        let cas = place.open();
        while !adding.is_finished() {
            collect(&cas, &limits(), &mut |_| ()).unwrap();
        }
    });
    let verification = verify(&place.open(), false, &mut |_| ());
    assert_eq!(verification.incomplete, []);
    assert!(verification.is_whole(), "{verification:?}");
}

#[test]
fn verification_finds_all_damage_and_repairs_it() {
    let place = Place::new();
    let cas = place.open();
    for name in ["a", "b", "c", "d"] {
        place.add(&cas, name, &[&format!("text {name}"), "same"]).unwrap();
    }
    cas.add_hint(&key("a"), b"hint").unwrap();
    assert!(verify(&cas, true, &mut |_| ()).is_whole());
    let write = |path: &Utf8Path| {
        fs_err::remove_file(path).unwrap();
        fs_err::write(path, "damaged").unwrap();
    };
    write(&cas.layout.result(&key("a")));
    write(&cas.layout.blob(&blob(b"text b").digest));
    fs_err::remove_file(cas.layout.blob(&blob(b"text c").digest)).unwrap();
    write(&tree(&cas.layout.hints())[0]);
    let found = verify(&cas, false, &mut |_| ());
    assert_eq!(found.damaged_results.len(), 1);
    assert_eq!(found.damaged_blobs.len(), 1);
    assert_eq!(found.damaged_hints.len(), 1);
    assert_eq!(found.incomplete.len(), 2);
    assert_eq!((found.n_damaged(), found.repaired), (5, false));
    let mut shown = Vec::new();
    let repaired = verify(&cas, true, &mut |progress| shown.push(progress.done));
    assert_eq!((repaired.n_damaged(), repaired.repaired), (5, true));
    assert_eq!(shown, [4]);
    assert!(verify(&cas, false, &mut |_| ()).is_whole());
    assert!(cas.result(&key("d")).is_some());
}

#[test]
fn statistics_count_what_is_there() {
    let place = Place::new();
    let cas = place.open();
    let program =
        |name: &str| StoredResult { kind: ResultKind::Program, ..result(name, &["12345"]) };
    place.add(&cas, "a", &["12345", "678"]).unwrap();
    place.add_result(&cas, &program("b"), &["12345"]).unwrap();
    age(&cas.layout.result(&key("b")), Duration::from_secs(8 * 24 * 60 * 60));
    cas.add_hint(&key("a"), b"hint").unwrap();
    let build =
        BuildCounts { hits: 3, misses: 1, restored: 10, stored: 5, saved: Duration::from_secs(7) };
    cas.count(&build).unwrap();
    cas.count(&build).unwrap();
    let stats = stats(&cas, SystemTime::now());
    assert_eq!(stats.blobs, Amount { count: 2, bytes: 8 });
    assert_eq!(stats.shared, Amount { count: 1, bytes: 5 });
    assert_eq!(stats.saved_by_sharing, 5);
    assert_eq!(stats.hints, Amount { count: 1, bytes: 4 });
    assert_eq!(stats.unreferenced, Amount::default());
    let count = |amount: Option<&Amount>| amount.map(|amount| amount.count);
    assert_eq!(count(stats.kinds.get(&ResultKind::Program)), Some(1));
    assert_eq!(count(stats.ages.get(&AgeClass::Day)), Some(1));
    assert_eq!(count(stats.ages.get(&AgeClass::Month)), Some(1));
    assert_eq!(
        (stats.builds_in_all().hits, stats.builds_in_all().saved),
        (6, Duration::from_secs(14))
    );
}
