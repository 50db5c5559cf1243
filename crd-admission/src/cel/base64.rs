//! Base64 as in the server: decodes the URL alphabet, encodes with the standard one.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * at) & 63) as usize);
            let digit = digit.filter(|_| at <= group.len());
            text.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

/// The size that Go allocates before it decodes a text.
pub(super) fn room(text: &str) -> usize {
    text.len() / 4 * 3
}

/// Decodes a text.
///
/// # Errors
///
/// The position of the error, as Go counts it: the start of the incomplete group, or the byte that
/// is not in the alphabet.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(room(text));
    let mut group = [0_u8; 4];
    let mut count = 0;
    let input = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'));
    let mut input = input.peekable();
    while let Some((at, byte)) = input.next() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            b'=' if count >= 2 => {
                if count == 2 && input.next_if(|(_, byte)| *byte == b'=').is_none() {
                    // If there is something else, Go reports the byte before.
                    return Err(input.peek().map_or(text.len(), |(at, _)| at - 1));
                }
                if let Some((at, _)) = input.next() {
                    return Err(at);
                }
                push(group, count - 1, &mut bytes);
                return Ok(bytes);
            }
            _ => return Err(at),
        };
        if let Some(place) = group.get_mut(count) {
            *place = digit;
        }
        count += 1;
        if count == 4 {
            push(group, 3, &mut bytes);
            (group, count) = ([0; 4], 0);
        }
    }
    match count {
        0 => Ok(bytes),
        count => Err(text.len() - count),
    }
}

/// Appends the bytes of a group of digits.
fn push([a, b, c, d]: [u8; 4], count: usize, bytes: &mut Vec<u8>) {
    let whole = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    bytes.extend(whole.iter().take(count));
}
