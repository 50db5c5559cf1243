//! Base64 in the alphabet of URLs.

/// The bytes of a text.
///
/// # Errors
///
/// Where it goes wrong, as Go counts it: where the group starts that is not whole, or the byte that
/// is none of the alphabet.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
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
                    // Where there is something else, Go names the byte before.
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

/// Adds the bytes of a group of digits.
fn push([a, b, c, d]: [u8; 4], count: usize, bytes: &mut Vec<u8>) {
    let whole = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    bytes.extend(whole.iter().take(count));
}
