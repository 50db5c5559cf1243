//! Byte strings, which share memory like Go's slices.
//!
//! The server concatenates them with Go's `append`. If the first has spare capacity, it appends in
//! place, and overwrites what was appended before: `['a', 'b'].map(c, b'x' + bytes(c))` has `b'xb'`
//! twice. The capacity depends on the origin of the first, and on Go's allocation sizes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Item, Map, Value};

/// A prefix of a buffer.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    memory: Arc<Mutex<Vec<u8>>>,
    len: usize,
    /// Its capacity within the buffer.
    room: usize,
}

impl Bytes {
    /// Bytes with a capacity, at least their length.
    pub(crate) fn with_room(mut bytes: Vec<u8>, room: usize) -> Self {
        let len = bytes.len();
        let room = room.max(len);
        bytes.resize(room, 0);
        Self {
            memory: Arc::new(Mutex::new(bytes)),
            len,
            room,
        }
    }

    /// The bytes of a text, with the capacity that Go allocates.
    pub(crate) fn of_text(text: &[u8]) -> Self {
        Self::with_room(text.to_vec(), handed_out(text.len()))
    }

    /// A copy in its own buffer.
    pub(crate) fn apart(&self) -> Self {
        Self {
            memory: Arc::new(Mutex::new(self.memory().clone())),
            ..*self
        }
    }

    /// The same buffer without spare capacity, as messages return it.
    pub(crate) fn without_room(&self) -> Self {
        Self {
            room: self.len,
            ..self.clone()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The current content.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.memory().iter().take(self.len).copied().collect()
    }

    /// A concatenation, in the same buffer if there is capacity.
    pub(crate) fn append(&self, other: &Self) -> Self {
        let added = other.to_vec();
        let len = self.len + added.len();
        if len > self.room {
            let room = grown(self.room, len);
            return Self::with_room([self.to_vec(), added].concat(), room);
        }
        if let Some(place) = self.memory().get_mut(self.len..len) {
            place.copy_from_slice(&added);
        }
        Self {
            len,
            ..self.clone()
        }
    }

    fn memory(&self) -> MutexGuard<'_, Vec<u8>> {
        // After a panic the buffer still has valid bytes.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Value<'a> {
    /// Whether it contains or is a byte string.
    pub(crate) fn has_bytes(&self) -> bool {
        let is_among = |item: Item<'_>| item.is_ok_and(|value| value.has_bytes());
        match self {
            Self::Bytes(_) => true,
            Self::List(list) => list.iter().any(is_among),
            Self::Map(map) => map.entries().any(|(_, item)| is_among(item)),
            _ => false,
        }
    }

    /// A copy whose byte strings have their own buffers.
    pub(crate) fn apart(&self) -> Self {
        match self {
            Self::Bytes(bytes) => bytes.apart().into(),
            Self::List(list) => {
                let items = list.iter().map(|item| item.map(|value| value.apart()));
                items.collect::<Vec<Item<'a>>>().into()
            }
            Self::Map(Map::Made(entries)) => entries.with_values(Self::apart).into(),
            other => other.clone(),
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::with_room(bytes, 0)
    }
}

/// Beyond this size, capacity grows by less than a factor of two.
const SMALL: usize = 256;

/// Go's new capacity for `len` bytes if `room` is not enough.
fn grown(room: usize, len: usize) -> usize {
    let doubled = room.saturating_mul(2);
    let wanted = if len > doubled {
        len
    } else if room < SMALL {
        doubled
    } else {
        let mut wanted = room;
        while wanted < len {
            wanted += (wanted + 3 * SMALL) / 4;
        }
        wanted
    };
    handed_out(wanted)
}

/// Go's size classes of small allocations (`runtime/sizeclasses.go`).
const SIZES: [usize; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352,
    384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048,
    2304, 2688, 3072, 3200, 3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728,
    10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672,
];
/// Larger allocations are whole pages.
const LARGEST: usize = 32_768;
const PAGE: usize = 8_192;
/// The header that Go may add. An allocation that fits a size class only without it is whole pages.
const HEADER: usize = 8;

/// The allocated size for a wanted size.
fn handed_out(wanted: usize) -> usize {
    if wanted == 0 {
        return 0;
    }
    if wanted > LARGEST - HEADER {
        return wanted.next_multiple_of(PAGE);
    }
    let fitting = SIZES.iter().find(|size| **size >= wanted);
    fitting.copied().unwrap_or(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Bytes {
        Bytes::of_text(text.as_bytes())
    }

    #[test]
    fn appending_overwrites_what_was_appended_before() {
        let first = of("x").append(&of("a"));
        assert_eq!(first.to_vec(), b"xa");
        let base = of("x");
        let (first, second) = (base.append(&of("a")), base.append(&of("bc")));
        assert_eq!(first.to_vec(), b"xb");
        assert_eq!(second.to_vec(), b"xbc");
        assert_eq!(base.to_vec(), b"x");
        let apart = base.apart().append(&of("d"));
        assert_eq!(
            (apart.to_vec(), second.to_vec()),
            (b"xd".to_vec(), b"xbc".to_vec())
        );
    }

    #[test]
    fn without_capacity_each_has_its_own_memory() {
        let full = of("12345678");
        let (first, second) = (full.append(&of("a")), full.append(&of("b")));
        assert_eq!(first.to_vec(), b"12345678a");
        assert_eq!(second.to_vec(), b"12345678b");
        let exact = Bytes::from(b"1".to_vec());
        let (first, second) = (exact.append(&of("a")), exact.append(&of("b")));
        assert_eq!(
            (first.to_vec(), second.to_vec()),
            (b"1a".to_vec(), b"1b".to_vec())
        );
    }

    #[test]
    fn a_message_leaves_no_capacity_and_shares_memory() {
        let longer = of("x").append(&of("y"));
        let (in_message, base) = (longer.without_room(), of("x"));
        assert_eq!(in_message.append(&of("a")).to_vec(), b"xya");
        assert_eq!(longer.append(&of("b")).to_vec(), b"xyb");
        let in_message = base.append(&of("y")).without_room();
        base.append(&of("z"));
        assert_eq!(in_message.to_vec(), b"xz");
    }

    #[test]
    fn bytes_are_added_to_themselves() {
        let twice = of("ab").append(&of("c"));
        assert_eq!(twice.append(&twice).to_vec(), b"abcabc");
    }

    #[test]
    fn room_is_of_go_s_sizes() {
        for (wanted, size) in [
            (0, 0),
            (1, 8),
            (8, 8),
            (9, 16),
            (33, 48),
            (1_025, 1_152),
            (28_673, 32_768),
            (32_760, 32_768),
            (32_761, 32_768),
            (32_769, 40_960),
        ] {
            assert_eq!(handed_out(wanted), size, "{wanted}");
        }
        assert_eq!(grown(8, 9), 16);
        assert_eq!(grown(8, 40), 48);
        assert_eq!(grown(256, 257), 512);
        assert_eq!(grown(512, 513), 896);
    }
}
