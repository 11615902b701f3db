//! Dense typed ids and the vector they index. Knows nothing of what the ids stand for.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// An id that is an index into a [`DenseMap`].
pub trait DenseId: Copy + Eq {
    /// Wraps an index.
    fn from_index(index: usize) -> Self;
    /// Returns the index.
    fn index(self) -> usize;
}

/// Declares a `u32`-sized [`DenseId`].
macro_rules! dense_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize,
        )]
        pub struct $name(u32);

        impl DenseId for $name {
            fn from_index(index: usize) -> Self {
                $name(u32::try_from(index).expect("fewer than 2^32 of anything in a build"))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

dense_id! {
    /// A package in a [`PackageGraph`](crate::packages::PackageGraph); ordered as cargo orders
    /// package ids (name, version, source).
    PackageIndex
}
dense_id! {
    /// A unit in a [`UnitGraph`](crate::units::UnitGraph); ordered as cargo orders units.
    UnitId
}
dense_id! {
    /// A target in a [`ModuleGraph`](crate::modules::ModuleGraph).
    CrateId
}
dense_id! {
    /// A module in a [`ModuleGraph`](crate::modules::ModuleGraph).
    ModuleId
}
dense_id! {
    /// A source file in a [`ModuleGraph`](crate::modules::ModuleGraph).
    SourceId
}

/// A vector indexed by one kind of id only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DenseMap<K, V> {
    values: Vec<V>,
    key: PhantomData<K>,
}

impl<K: DenseId, V> DenseMap<K, V> {
    /// Creates an empty map.
    pub fn new() -> Self {
        DenseMap { values: Vec::new(), key: PhantomData }
    }

    /// Creates a map of `len` clones of `value`.
    pub fn filled(len: usize, value: V) -> Self
    where
        V: Clone,
    {
        DenseMap { values: vec![value; len], key: PhantomData }
    }

    /// Appends a value and returns its id.
    pub fn push(&mut self, value: V) -> K {
        self.values.push(value);
        K::from_index(self.values.len() - 1)
    }

    /// Returns a value; `None` if there is none of this id.
    pub fn get(&self, id: K) -> Option<&V> {
        self.values.get(id.index())
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Iterates over ids and values, in the order of the ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> {
        self.values.iter().enumerate().map(|(index, value)| (K::from_index(index), value))
    }

    /// Iterates over the ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + use<K, V> {
        (0..self.values.len()).map(K::from_index)
    }

    /// Iterates over the values in the order of their ids, to change them.
    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, V> {
        self.values.iter_mut()
    }

    /// Iterates over the values in the order of their ids.
    pub fn values(&self) -> std::slice::Iter<'_, V> {
        self.values.iter()
    }
}

impl<K: DenseId, V> Default for DenseMap<K, V> {
    fn default() -> Self {
        DenseMap::new()
    }
}

impl<K: DenseId, V> FromIterator<V> for DenseMap<K, V> {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        DenseMap { values: values.into_iter().collect(), key: PhantomData }
    }
}

impl<K: DenseId, V> Index<K> for DenseMap<K, V> {
    type Output = V;
    fn index(&self, id: K) -> &V {
        &self.values[id.index()]
    }
}

impl<K: DenseId, V> IndexMut<K> for DenseMap<K, V> {
    fn index_mut(&mut self, id: K) -> &mut V {
        &mut self.values[id.index()]
    }
}
