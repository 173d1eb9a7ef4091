import Evidence
import Foundation

/// Names of experiments: they become file names, so they keep to a safe alphabet.
enum ExperimentName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return name.utf8.count <= 200 && name.utf8.allSatisfy(isSafe)
    }

    /// - Throws: when `name` has characters that a file name should not have.
    static func check(_ name: String, called kind: String, at source: SourceLocation) throws(InputError) {
        guard !isValid(name) else { return }
        throw InputError(
            at: source, "\(kind) \"\(name)\" may have only letters, digits, _, - and . (not first).",
            remedy: "Write, for example, \"\(safe(name))\".")
    }

    /// The nearest safe name: accents dropped, other characters as `_`.
    static func safe(_ text: String) -> String {
        var name = ""
        for character in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            if character.properties.canonicalCombiningClass != .notReordered { continue }
            if character.isASCII, isSafe(UInt8(character.value)) {
                name.unicodeScalars.append(character)
            } else if !name.hasSuffix("_") {
                name.append("_")
            }
        }
        while let last = name.last, "_.-".contains(last) { name.removeLast() }
        while let first = name.first, "_.-".contains(first) { name.removeFirst() }
        return name.isEmpty ? "experiment" : String(name.prefix(100))
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
