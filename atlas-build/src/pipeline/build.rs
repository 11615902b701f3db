//! A build, from top to bottom.

use std::sync::Arc;
use std::thread;
use std::time::{Instant, SystemTime};

use atlas_fingerprint::{Disk, FileTable, Files, KeptPlan, Ledger, Moment, PlanChange};
use camino::{Utf8Path, Utf8PathBuf};

use crate::clean;
use crate::derivation::derive;
use crate::event::{Event, Failure, Summary};
use crate::execute::{
    self, Executed, FileNames, Jobserver, OnFailure, ScriptOutput, ScriptOutputs, Settings, System,
    Work,
};
use crate::fingerprints::Sources;
use crate::interrupt::Interrupt;
use crate::layout::Layout;
use crate::pipeline::accountant::Accountant;
use crate::pipeline::cache::Wanted;
use crate::pipeline::documentation::remove_pages_of_others;
use crate::pipeline::planned::misspelled_variables;
use crate::pipeline::prepare::Prepared;
use crate::pipeline::products::{Built, Products};
use crate::pipeline::site::Site;
use crate::pipeline::{Error, plan as make_plan, sharing};
use crate::plan::{self, Priorities, Step};
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::request::{BuildRequest, Intent, MessageFormat};
use crate::rustc::Bootstrap;
use crate::store::{
    Freshness, Kept, Known, LockCompany, ProfileLock, Rules, Session, dep_info_paths,
    write_dep_info_files,
};
use crate::toolchain::Toolchain;
use crate::workspace::{Config, Unsupported};

/// What the engine gets from its surroundings besides the request.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The job server that this process was started under, if it was.
    pub jobserver: Option<&'a Jobserver>,
    /// Says when to stop.
    pub interrupt: &'a Interrupt,
}

/// Builds what is asked for.
///
/// # Errors
///
/// [`Error`] if the tool itself cannot go on; with [`Error::Unsupported`] nothing was built.
pub fn build(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    events: &mut dyn FnMut(Event),
) -> Result<Built, Error> {
    let since = Instant::now();
    let (ready, kept) = make_ready(request, &|probe| Disk.moment(probe).ok(), events)?;
    if matches!(request.intent, Intent::Doc { .. }) {
        remove_pages_of_others(&ready.prepared)?;
    }
    let (summary, scripts) = Build { request, surroundings, ready: &ready }.run(&kept, events)?;
    if summary.built > 0 {
        let target = &ready.prepared.target_directory;
        clean::collect_if_due(target, since.elapsed(), SystemTime::now());
    }
    let products = match summary.failed.is_empty() && !summary.interrupted {
        true => Products::of(&ready.prepared, &scripts, request)?,
        false => Products::default(),
    };
    let browser = ready.config.browser.clone();
    // The process is about to end: to free a plan piece by piece takes a tenth of a build that has
    // nothing to do.
    let site = Site::of(&ready.prepared);
    std::mem::forget(ready);
    Ok(Built { summary, products, site, browser })
}

/// A plan that is ready to be run, and what is known of it.
#[derive(Debug)]
pub(super) struct Ready {
    /// The plan.
    pub(super) prepared: Prepared,
    /// Settings.
    pub(super) config: Config,
    /// How the plan is kept.
    pub(super) change: Option<PlanChange>,
    /// Whether that is news.
    is_new: bool,
    /// Ids of the results that the last build with this plan has checked.
    pub(super) settled: Vec<u64>,
}

/// Finds the plan of an earlier build, or makes one, and opens the state of its target directory.
/// Tells what the user should know before anything is built. `moment` writes a probe to learn the
/// present moment, unless nothing may be written.
pub(super) fn make_ready(
    request: &BuildRequest,
    moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
    events: &mut dyn FnMut(Event),
) -> Result<(Ready, Kept), Error> {
    if request.profile == "atlas" {
        let reason = "the directory of profile `atlas` is the one that holds intermediate files";
        return Err(Error::Unsupported(Unsupported(reason.to_owned())));
    }
    let wanted = Wanted::new(request);
    let earlier = wanted.as_ref().and_then(|wanted| earlier(request, wanted, moment, events));
    let (ready, kept) = match earlier {
        Some(earlier) => earlier,
        None => {
            let ready = anew(request, wanted.as_ref(), moment, events)?;
            let kept = Kept::open(&Disk, &ready.prepared.target_directory);
            (ready, kept)
        }
    };
    for collision in &ready.prepared.collisions {
        events(Event::Warning(collision.clone()));
    }
    Ok((ready, kept))
}

/// Finds the plan of an earlier build.
fn earlier(
    request: &BuildRequest,
    wanted: &Wanted<'_>,
    moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
    events: &mut dyn FnMut(Event),
) -> Option<(Ready, Kept)> {
    let (cached, kept) = wanted.target_directories(request).iter().find_map(|directory| {
        let kept = Kept::open(&Disk, directory);
        Some((wanted.find(&Disk, &kept, request, moment)?, kept))
    })?;
    let config = wanted.config().clone();
    events(Event::Configured(Arc::new(config.clone())));
    for warning in misspelled_variables(request).iter().chain(&cached.prepared.warnings) {
        events(Event::Warning(warning.clone()));
    }
    let (key, settled) = (wanted.key(), cached.settled.clone());
    let plan = KeptPlan::Same(cached.digest);
    let change = PlanChange { key, derivation: cached.derivation, plan, settled };
    let ready = Ready {
        prepared: cached.prepared,
        config,
        change: Some(change),
        is_new: cached.is_restamped,
        settled: cached.settled,
    };
    Some((ready, kept))
}

/// Makes a plan.
fn anew(
    request: &BuildRequest,
    wanted: Option<&Wanted<'_>>,
    moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
    events: &mut dyn FnMut(Event),
) -> Result<Ready, Error> {
    let before = wanted.and_then(|wanted| before_planning(request, wanted, moment));
    let planned = make_plan(request, events)?;
    let derivation = before
        .and_then(|before| derive(&Disk, request, &planned.workspace, &planned.packages, before));
    let config = planned.workspace.config.clone();
    let prepared = Prepared::new(request, planned)?;
    let change = wanted.zip(derivation).and_then(|(wanted, derivation)| {
        Some(PlanChange {
            key: wanted.key(),
            derivation: postcard::to_stdvec(&derivation).ok()?,
            plan: KeptPlan::New(prepared.encode(&config)?),
            settled: Vec::new(),
        })
    });
    Ok(Ready { prepared, config, change, is_new: true, settled: Vec::new() })
}

/// Returns the present moment: as the file system of the target directory counts it, if there is one
/// already.
fn before_planning(
    request: &BuildRequest,
    wanted: &Wanted<'_>,
    moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
) -> Option<Moment> {
    let directories = wanted.target_directories(request).into_iter();
    let known = directories.map(|directory| directory.join("atlas")).find(|it| it.is_dir());
    match known {
        Some(directory) => moment(&directory.join("moment")),
        None => {
            // The file is there until the moment is known, and no longer.
            let probe = tempfile::NamedTempFile::new().ok()?;
            moment(Utf8Path::from_path(probe.path())?)
        }
    }
}

/// Makes the same plan once more, while the first one is run, in order to keep it. The first plan
/// that is ever made for a workspace cannot be kept: cargo wrote the lock file and made the target
/// directory meanwhile, so that it is not certain what the plan was derived from.
fn second_look(request: &BuildRequest, first: &Prepared) -> Option<PlanChange> {
    let wanted = Wanted::new(request)?;
    // What cargo has to say, it has said.
    let quiet = BuildRequest { quiet: true, ..request.clone() };
    let moment = |probe: &Utf8Path| Disk.moment(probe).ok();
    let change = anew(&quiet, Some(&wanted), &moment, &mut |_| ()).ok()?.change?;
    let is_same = change.plan == KeptPlan::New(first.encode(wanted.config())?);
    is_same.then_some(change)
}

/// A build with a plan that is ready.
struct Build<'a> {
    request: &'a BuildRequest,
    surroundings: &'a Surroundings<'a>,
    ready: &'a Ready,
}

impl Build<'_> {
    /// Builds on top of a state.
    fn run(
        &self,
        kept: &Kept,
        events: &mut dyn FnMut(Event),
    ) -> Result<(Summary, ScriptOutputs), Error> {
        let prepared = &self.ready.prepared;
        let (state, fault) = kept.state();
        let ledger = Ledger::open(&Disk, state, &prepared.layout.journals())?;
        let table = FileTable::new(&Disk, state, prepared.layout.probe(), sources(prepared));
        let freshness = freshness(self.request, prepared, &Disk, &table, &ledger);
        let settled = &self.ready.settled;
        let mut session = Session::new(freshness, &prepared.steps, &prepared.sees, settled);
        let is_whole = !ledger.is_changed() && has_dep_info(prepared) && session.is_whole();
        let mut has_waited = false;
        let _lock = match is_whole {
            true => None,
            false => Some(self.keep_from_removal(&mut has_waited, events)?),
        };
        if has_waited {
            // What was looked at may be gone.
            return self.run(&Kept::open(&Disk, &prepared.target_directory), events);
        }
        mark_used(prepared);
        if let Some(fault) = fault {
            events(Event::StateUnusable(kept.path().to_owned(), fault.into_owned()));
        }
        let started = Instant::now();
        let sharing = if is_whole { None } else { sharing::open(self.request, prepared, events) };
        if let Some(sharing) = &sharing {
            session.use_store(sharing);
        }
        let (executed, change) = thread::scope(|scope| {
            let request = self.request;
            let is_missing = self.ready.change.is_none() && !is_whole;
            let second = is_missing.then(|| scope.spawn(move || second_look(request, prepared)));
            let executed = self.execute(&mut session, events);
            let change = second.and_then(|second| second.join().ok().flatten());
            (executed, change)
        });
        let Executed { summary, scripts, .. } = executed?;
        if summary.failed.is_empty() && !summary.interrupted && !is_whole {
            self.write_dep_info(&scripts, &session)?;
        }
        let change = change.as_ref().or(self.ready.change.as_ref());
        self.save(kept, &ledger, &table, (&session, change), events);
        if let Some(sharing) = &sharing {
            let of = (self.request, prepared);
            sharing::close(&session, sharing, of, started.elapsed(), events);
        }
        Ok((summary, scripts))
    }

    /// Keeps others from removing things of the profile, and makes its directories.
    fn keep_from_removal(
        &self,
        has_waited: &mut bool,
        events: &mut dyn FnMut(Event),
    ) -> Result<ProfileLock, Error> {
        let Prepared { layout, requested_kinds, .. } = &self.ready.prepared;
        layout.create(requested_kinds)?;
        let directory = layout.intermediate(&CompileKind::Host);
        let on_wait = || {
            *has_waited = true;
            let waiting = "waiting for `cargo atlas clean` in the build directory";
            events(Event::Warning(waiting.to_owned()));
        };
        let interrupt = self.surroundings.interrupt;
        let lock = ProfileLock::acquire(&directory, LockCompany::Builds, interrupt, on_wait)?;
        // It may have been removed before it was locked.
        layout.create(requested_kinds)?;
        Ok(lock)
    }

    /// Runs what has to be run.
    fn execute(
        &self,
        session: &mut Session<'_>,
        events: &mut dyn FnMut(Event),
    ) -> Result<Executed, Error> {
        let prepared = &self.ready.prepared;
        let announcement = Arc::new(prepared.announcement(self.request));
        let mut accountant =
            Accountant::new(prepared, &self.request.profile, &|unit| session.duration(unit));
        let work = Work {
            graph: &prepared.units.graph,
            packages: &prepared.packages,
            descriptions: &announcement.units,
            steps: &prepared.steps,
            needs: &prepared.needs,
            priorities: &Priorities::new(&prepared.units.graph, &prepared.needs, &|unit| {
                session.duration(unit)
            }),
            complete: &|unit, scripts| complete(&prepared.steps[unit], &prepared.layout, scripts),
        };
        events(Event::Planned(Arc::clone(&announcement)));
        let own;
        let jobserver = match self.surroundings.jobserver {
            Some(inherited) => inherited,
            None => {
                own = Jobserver::own(self.ready.config.jobs).map_err(Error::Jobserver)?;
                &own
            }
        };
        let world = execute::World {
            runner: &System::new(jobserver.clone(), self.request.env.clone()),
            jobserver,
            interrupt: self.surroundings.interrupt,
        };
        let mut watched = |event: Event| {
            accountant.on_event(&event);
            events(event);
        };
        let settings = settings(self.request, &prepared.toolchain);
        let executed = execute::execute(&work, &settings, &world, session, &mut watched)?;
        // A compiler that was told to print something instead leaves no trace, which is no fault.
        let may_print = !self.request.extra_args.rustc.is_empty();
        for fault in session.take_faults().into_iter().filter(|_| !may_print) {
            events(Event::Warning(format!("{fault}; it will be built again")));
        }
        if let Err(error) = accountant.write(&executed.summary) {
            events(Event::StateNotSaved(error.path, error.source.to_string()));
        }
        Ok(executed)
    }

    fn write_dep_info(&self, scripts: &ScriptOutputs, session: &Session<'_>) -> Result<(), Error> {
        let Prepared { packages, units, steps, .. } = &self.ready.prepared;
        let known = Known {
            read: &|unit| session.read(unit),
            watched: &|run| scripts.of(run).rerun_if_changed.as_slice(),
            is_built: &|unit| session.is_built(unit),
        };
        let basedir = self.ready.config.dep_info_basedir.as_deref();
        write_dep_info_files(packages, &units.graph, steps, &known, basedir).map_err(Error::DepInfo)
    }

    /// Keeps what was learnt. A failure costs the next build time and nothing else.
    fn save(
        &self,
        kept: &Kept,
        ledger: &Ledger<'_>,
        table: &FileTable<'_>,
        (session, change): (&Session<'_>, Option<&PlanChange>),
        events: &mut dyn FnMut(Event),
    ) {
        let news = table.news();
        let results = session.results();
        let is_new = self.ready.is_new || results != self.ready.settled;
        let change = change.filter(|_| is_new);
        if !ledger.has_news() && news.is_empty() && change.is_none() {
            return;
        }
        let change = change.map(|change| PlanChange { settled: results, ..change.clone() });
        if let Err(error) = kept.save(&Disk, ledger, news, change.as_ref()) {
            events(Event::StateNotSaved(error.path, error.source.to_string()));
        }
    }
}

/// Keeps collections from what a build uses. Where that cannot be written, units may have to be built
/// again, and nothing else.
fn mark_used(prepared: &Prepared) {
    let directories = prepared.steps.values().filter_map(Step::unit_dir);
    let _ = clean::mark(&prepared.target_directory, directories, SystemTime::now());
}

/// Returns the directories of source files whose tokens count: those of local packages.
pub(super) fn sources(prepared: &Prepared) -> Vec<Utf8PathBuf> {
    let mut roots: Vec<Utf8PathBuf> = Vec::new();
    let local = prepared.packages.packages.values().filter(|package| package.is_local());
    let mut all: Vec<_> = local.map(|package| package.root().to_owned()).collect();
    all.push(prepared.workspace_root.clone());
    all.sort();
    for root in all {
        if !roots.last().is_some_and(|above| root.starts_with(above)) {
            roots.push(root);
        }
    }
    roots
}

/// Returns what decides which units have to be built.
pub(super) fn freshness<'a>(
    request: &'a BuildRequest,
    prepared: &'a Prepared,
    files: &'a dyn Files,
    table: &'a FileTable<'a>,
    ledger: &'a Ledger<'a>,
) -> Freshness<'a> {
    let sources = Sources {
        packages: &prepared.packages,
        units: &prepared.units.graph,
        toolchain: &prepared.toolchain,
        environment: &request.env,
    };
    let rules = Rules {
        cache: request.cache,
        level: request.freshness,
        keep_results: request.keep_results,
        cutoff: request.cutoff,
    };
    let directory = &prepared.target_directory;
    let freshness = Freshness::new(sources, files, directory, table, ledger, rules);
    freshness.with_harmless_macros(&request.harmless_macros)
}

/// Returns whether all `.d` files are there.
fn has_dep_info(prepared: &Prepared) -> bool {
    dep_info_paths(&prepared.units.graph, &prepared.steps).all(|path| path.is_file())
}

fn settings<'a>(request: &'a BuildRequest, toolchain: &Toolchain) -> Settings<'a> {
    let bootstrap = request.env.get("RUSTC_BOOTSTRAP");
    let is_nightly =
        !toolchain.version.pre.is_empty() && !toolchain.version.pre.starts_with("beta");
    Settings {
        on_failure: if request.keep_going { OnFailure::KeepGoing } else { OnFailure::Stop },
        script_output: if request.extra_verbose { ScriptOutput::Told } else { ScriptOutput::Quiet },
        file_names: match request.message_format {
            MessageFormat::Json { .. } => FileNames::Told,
            MessageFormat::Human | MessageFormat::Short => FileNames::Untold,
        },
        bootstrap: if is_nightly || bootstrap == Some("1") {
            Bootstrap::Allowed
        } else {
            Bootstrap::Crates(bootstrap)
        },
    }
}

/// Completes a command with what build scripts said.
pub(super) fn complete(
    step: &Step,
    layout: &Layout,
    scripts: &ScriptOutputs,
) -> Result<CommandLine, Failure> {
    let of = |run| scripts.of(run);
    let completed = match step {
        Step::Compile(step) => plan::complete_compile(step, layout, &of),
        Step::RunBuildScript(step) => plan::complete_build_script(step, layout, &of),
        Step::Doctest(_) | Step::OverriddenBuildScript(_) => {
            return Err(Failure::Invalid("there is nothing to run".to_owned()));
        }
    };
    completed.map_err(|error| Failure::Invalid(error.to_string()))
}
