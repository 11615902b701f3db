//! Which packages were announced: a package is named once, when the first process of it starts, or
//! when all of it turned out to be fresh. Knows no words.

use std::collections::HashMap;

use atlas_build::event::Planned;
use atlas_build::ids::{DenseMap, UnitId};

/// What was said about packages so far.
#[derive(Debug)]
pub(crate) struct Announcements {
    package_of: DenseMap<UnitId, usize>,
    packages: Vec<Package>,
    settled: DenseMap<UnitId, bool>,
    is_pages: DenseMap<UnitId, bool>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Package {
    n_waiting: usize,
    said: Said,
    /// Whether it was said that it is documented, which is said besides.
    is_documented: bool,
}

/// What was said about a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Said {
    /// Nothing yet.
    #[default]
    Nothing,
    /// That all of it is fresh.
    Fresh,
    /// That it is built.
    Built,
}

impl Announcements {
    /// Creates the state of a build in which nothing was said yet.
    pub(crate) fn new(planned: &Planned) -> Self {
        let mut indices = HashMap::new();
        let mut packages = Vec::<Package>::new();
        let mut package_of = DenseMap::new();
        for unit in planned.units.values() {
            let index = *indices.entry(unit.package_id.as_str()).or_insert_with(|| {
                packages.push(Package::default());
                packages.len() - 1
            });
            packages[index].n_waiting += 1;
            package_of.push(index);
        }
        let settled = DenseMap::filled(planned.units.len(), false);
        let is_pages = planned.units.values().map(|unit| unit.mode.is_doc()).collect();
        Announcements { package_of, packages, settled, is_pages }
    }

    /// Notes that a process of the unit starts; returns whether its package has to be announced, for
    /// the first time or because it was fresh before.
    pub(crate) fn on_started(&mut self, unit: UnitId) -> bool {
        let is_pages = self.is_pages[unit];
        let package = self.settle(unit);
        match is_pages {
            true => !std::mem::replace(&mut package.is_documented, true),
            false => std::mem::replace(&mut package.said, Said::Built) != Said::Built,
        }
    }

    /// Notes that the unit is there without a process of its own; returns whether its package has
    /// to be announced, because the same holds for all of its units.
    pub(crate) fn on_fresh(&mut self, unit: UnitId) -> bool {
        let package = self.settle(unit);
        let is_silent = package.said == Said::Nothing && !package.is_documented;
        let is_new = package.n_waiting == 0 && is_silent;
        if is_new {
            package.said = Said::Fresh;
        }
        is_new
    }

    fn settle(&mut self, unit: UnitId) -> &mut Package {
        let package = &mut self.packages[self.package_of[unit]];
        if !std::mem::replace(&mut self.settled[unit], true) {
            package.n_waiting -= 1;
        }
        package
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::ids::DenseId;

    use super::super::fixture;
    use super::*;

    fn announcements(packages: &[&str]) -> Announcements {
        Announcements::new(&fixture::planned(packages.iter().map(|name| fixture::lib(name))))
    }

    fn id(index: usize) -> UnitId {
        UnitId::from_index(index)
    }

    #[test]
    fn first_process_of_a_package_announces_it() {
        let mut announcements = announcements(&["a", "b", "a"]);
        let said = [0, 1, 2, 0].map(|unit| announcements.on_started(id(unit)));
        assert_eq!(said, [true, true, false, false]);
    }

    #[test]
    fn last_fresh_unit_of_a_package_announces_it() {
        let mut announcements = announcements(&["a", "b", "a"]);
        let said = [0, 1, 2, 2].map(|unit| announcements.on_fresh(id(unit)));
        assert_eq!(said, [false, true, true, false]);
    }

    #[test]
    fn package_that_was_fresh_is_announced_again_when_it_is_built() {
        let mut announcements = announcements(&["a", "a"]);
        assert!(!announcements.on_fresh(id(0)));
        assert!(announcements.on_fresh(id(1)));
        assert!(announcements.on_started(id(0)));
        assert!(!announcements.on_started(id(1)));
        assert!(!announcements.on_fresh(id(0)));
    }

    #[test]
    fn package_is_not_fresh_if_one_unit_is_built() {
        let mut announcements = announcements(&["a", "a"]);
        assert!(announcements.on_started(id(0)));
        assert!(!announcements.on_fresh(id(1)));
    }
}
