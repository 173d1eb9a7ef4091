/// Decimal numbers as people and journals print them.
package enum NumberText {
    /// The number written in `bytes`, or nil when it is not a plain decimal number.
    ///
    /// Takes a sign, digits with one decimal mark, an exponent; also the minus signs of typesetting (U+2212, hyphens
    /// and dashes, the full-width form), and characters that cannot be seen around it. Hexadecimal, `inf` and `nan` are not numbers here.
    /// - Parameter decimalComma: whether a comma may be the decimal mark.
    package static func parse(_ bytes: Bytes, decimalComma: Bool = false) -> Double? {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes.trimmed
        while let byte = rest.first {
            if byte >= 0x80 {
                guard let length = minusLength(rest) else {
                    // Rare enough that a second pass costs nothing: characters that cannot be seen stand around it.
                    let text = String(decoding: bytes, as: UTF8.self)
                    let tidy = tidied(text)
                    return tidy == text ? nil : parse(Array(tidy.utf8)[...], decimalComma: decimalComma)
                }
                plain.append(UInt8(ascii: "-"))
                rest.removeFirst(length)
            } else {
                let isMark = decimalComma && byte == UInt8(ascii: ",")
                plain.append(isMark ? UInt8(ascii: ".") : byte)
                rest.removeFirst()
            }
        }
        guard isDecimal(plain), let value = Double(String(decoding: plain, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    package static func parse(_ text: String, decimalComma: Bool = false) -> Double? {
        parse(Array(text.utf8)[...], decimalComma: decimalComma)
    }

    /// The text without characters that cannot be seen, with plain spaces and a plain minus, and without outer blanks.
    package static func tidied(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !InvisibleCharacters.isFormat(scalar) {
            switch scalar.value {
            case 0x2212, 0x2010...0x2015, 0xFE63, 0xFF0D: scalars.append("-")
            default: scalars.append(InvisibleCharacters.isSpace(scalar) ? " " : scalar)
            }
        }
        return String(scalars).trimmingBlanks
    }

    /// A number as the shortest text that reads back the same; whole numbers without `.0`.
    package static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    /// Bytes taken by a typeset minus at the start of `bytes`.
    private static func minusLength(_ bytes: Bytes) -> Int? {
        guard bytes.count >= 3 else { return nil }
        let (a, b, c) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1], bytes[bytes.startIndex + 2])
        switch (a, b, c) {
        case (0xE2, 0x88, 0x92), (0xE2, 0x80, 0x90...0x95), (0xEF, 0xB9, 0xA3), (0xEF, 0xBC, 0x8D): return 3
        default: return nil
        }
    }

    /// `[sign] digits [. digits] [e [sign] digits]`, with a digit before the exponent.
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
        func digits() -> Int {
            let start = index
            while index < bytes.count, bytes[index].isDigit { index += 1 }
            return index - start
        }
        if index < bytes.count, isSign(bytes[index]) { index += 1 }
        var count = digits()
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            count += digits()
        }
        guard count > 0 else { return false }
        if index < bytes.count, bytes[index] == UInt8(ascii: "e") || bytes[index] == UInt8(ascii: "E") {
            index += 1
            if index < bytes.count, isSign(bytes[index]) { index += 1 }
            guard digits() > 0 else { return false }
        }
        return index == bytes.count
    }
}
