import Evidence
import Imaging

/// One SDM peak file: `x,y,z,t` per line, t a number or `p`/`n`.
///
/// Fields may be separated by commas, semicolons, blanks or tabs. A comma can also be the decimal mark when blanks,
/// tabs or semicolons separate; where both readings are possible the line is refused rather than guessed.
enum SDMPeakFile {
    static func read(
        _ file: TextFile, space: CoordinateSpace, assuming sign: AssumedSign?
    ) throws(InputError) -> [Peak] {
        var peaks: [Peak] = []
        var isFirst = true
        var errors = ErrorCollector()
        for line in try file.typedLines() where !errors.isFull {
            let bytes = line.bytes.trimmed
            if bytes.isEmpty || bytes.first == UInt8(ascii: "#") { continue }
            defer { isFirst = false }
            if isFirst, isHeader(bytes) { continue }
            errors.attempt { () throws(InputError) in
                peaks.append(try peak(bytes, space: space, sign: sign, at: file.location(line.number)))
            }
        }
        try errors.finish()
        return peaks
    }

    private static func peak(
        _ bytes: Bytes, space: CoordinateSpace, sign: AssumedSign?, at source: SourceLocation
    ) throws(InputError) -> Peak {
        let found = bytes.text
        let reading = try fields(of: bytes, at: source)
        let fields = reading.fields
        var numbers: [Double] = []
        for (name, field) in zip(["x", "y", "z"], fields) {
            guard let value = NumberText.parse(field, decimalComma: reading.decimalComma) else {
                throw InputError(
                    at: source, "\(name) is \"\(field.text)\" in \"\(found)\"; a number (mm) was expected.",
                    remedy: "Write x,y,z,t.")
            }
            numbers.append(value)
        }
        let height: Peak.Height
        if fields.count == 3 {
            height = sign?.height ?? .unknown
        } else if let code = SignCode.height(fields[3].text) {
            height = code
        } else if let t = NumberText.parse(fields[3], decimalComma: reading.decimalComma) {
            height = .t(t)
        } else {
            throw InputError(
                at: source, "t is \"\(fields[3].text)\"; a t value was expected.",
                remedy: "Write p for a positive and n for a negative peak whose t is not known.")
        }
        return Peak(
            coordinate: [numbers[0], numbers[1], numbers[2]], space: space, height: height, source: source)
    }

    private static func fields(
        of bytes: Bytes, at source: SourceLocation
    ) throws(InputError) -> (fields: [Bytes], decimalComma: Bool) {
        let comma = UInt8(ascii: ",")
        if bytes.contains(UInt8(ascii: ";")) {
            let fields = withoutTrailingEmpty(split(bytes) { $0 == UInt8(ascii: ";") })
            if fields.count == 3 || fields.count == 4 { return (fields, true) }
            throw wrongCount(fields.count, bytes, at: source)
        }
        let words = bytes.split(whereSeparator: \.isBlank)
        guard bytes.contains(comma) else {
            if words.count == 3 || words.count == 4 { return (words, false) }
            throw wrongCount(words.count, bytes, at: source)
        }
        // "8, 24, 56, 5.12" and "8,24 56,5.12" against "8,5 24,1 56,0 5,12".
        let pieces = withoutTrailingEmpty(separatedByCommas(bytes))
        let hasDecimalCommas =
            (words.count == 3 || words.count == 4)
            && words.allSatisfy {
                NumberText.parse($0, decimalComma: true) != nil || SignCode.height($0.text) != nil
            } && !words.contains { $0.last == comma || $0.first == comma }
        if pieces.count == 4 || (pieces.count == 3 && !hasDecimalCommas) {
            guard !hasDecimalCommas else {
                // "36,24 -8 9.66": three words, one of them with a comma.
                throw InputError(
                    at: source, "\"\(bytes.text)\" can be read in two ways: commas between fields or as decimal marks.",
                    remedy: "Separate all fields the same way, with decimal points: x,y,z,t.")
            }
            return (pieces, false)
        }
        if hasDecimalCommas { return (words, true) }
        throw wrongCount(pieces.count, bytes, at: source)
    }

    /// Splits at each comma or run of blanks; blanks around a comma belong to it.
    private static func separatedByCommas(_ bytes: Bytes) -> [Bytes] {
        split(bytes) { $0 == UInt8(ascii: ",") }.flatMap { piece in
            let words = piece.split(whereSeparator: \.isBlank)
            return words.isEmpty ? [piece.trimmed] : words
        }
    }

    private static func split(_ bytes: Bytes, at isSeparator: (UInt8) -> Bool) -> [Bytes] {
        bytes.split(omittingEmptySubsequences: false, whereSeparator: isSeparator).map(\.trimmed)
    }

    private static func withoutTrailingEmpty(_ fields: [Bytes]) -> [Bytes] {
        var fields = fields
        while fields.last?.isEmpty == true { fields.removeLast() }
        return fields
    }

    private static func isHeader(_ bytes: Bytes) -> Bool {
        let words = bytes.split { $0.isBlank || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
        return words.prefix(3).map { $0.text.lowercased() } == ["x", "y", "z"]
    }

    private static func wrongCount(_ count: Int, _ bytes: Bytes, at source: SourceLocation) -> InputError {
        InputError(
            at: source, "\"\(bytes.text)\" has \(count) field\(count == 1 ? "" : "s"); x,y,z,t were expected.",
            remedy: "Write the t value last, or p or n when only the direction is known.")
    }
}
