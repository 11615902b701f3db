//! What the program of the sixty crates prints, worked out from what an edit does to its crate.

use crate::sixty;

/// What each item of a crate says that has one of everything.
const ITEMS: [i64; 8] = [24, 7, 8, 8, 10, 10, 22, 3];

/// Items of a crate, in the order in which they are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    Value,
    Counted,
    Sum,
    Limit,
    Generic,
    Inlined,
    Twice,
    Thrice,
}

/// What the program prints.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    crates: Vec<(usize, [i64; 8])>,
    chain: i64,
    fan: i64,
}

impl Numbers {
    /// What it prints before any edit.
    pub(crate) fn new() -> Self {
        let values = [24, 127, 226, 315];
        let items = |value: i64| {
            let mut items = ITEMS;
            items[0] = value;
            items
        };
        let crates = sixty::RICH.iter().copied().zip(values.map(items)).collect();
        Numbers { crates, chain: 382, fan: 5782 }
    }

    /// What an item of a crate says becomes larger.
    pub(crate) fn add(&mut self, number: usize, item: Item, by: i64) {
        for (it, items) in &mut self.crates {
            if *it == number {
                items[item as usize] += by;
            }
        }
        let above = match item {
            Item::Counted | Item::Sum => 0,
            // Users take it of the limit.
            Item::Thrice => by * 8,
            Item::Limit => by * 3,
            Item::Value | Item::Generic | Item::Inlined | Item::Twice => by,
        };
        for (it, items) in &mut self.crates {
            if *it > number {
                items[0] += above;
            }
        }
        self.chain += above;
        if number <= sixty::HUB {
            self.fan += above * i64::try_from(sixty::N_FAN).expect("it is small");
        }
    }
}

impl std::fmt::Display for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, items) in &self.crates {
            let items = items.map(|item| item.to_string()).join(" ");
            writeln!(f, "{}: {items}", sixty::chain(*number))?;
        }
        writeln!(f, "chain: {}\nfan: {}", self.chain, self.fan)
    }
}
