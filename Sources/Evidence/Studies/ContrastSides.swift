import Foundation

/// The two sides of a contrast, read from its name: "Patients > Controls" compares patients with controls.
package struct ContrastSides: Hashable, Sendable {
    /// As compared: in lower case, without what is not a letter or digit. The same for "A > B" and "B > A".
    package let sides: Set<String>
    /// The words of both sides.
    private let words: Set<String>

    /// nil for a name that compares nothing, or more than two things.
    package init?(_ name: String) {
        let name = name.lowercased()
        for mark in [">", "<", " versus ", " vs. ", " vs ", " v. "] {
            let parts = name.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else { continue }
            guard parts.count == 2, parts.allSatisfy({ !Self.key($0).isEmpty }) else { return nil }
            sides = Set(parts.map(Self.key))
            words = Set(parts.flatMap(Self.words))
            return
        }
        return nil
    }

    /// Whether a side is a group of people rather than a condition. "Control" alone may be either.
    package var comparesGroups: Bool {
        let groups: Set<String> = [
            "patient", "patients", "controls", "hc", "hcs", "nc", "ncs", "hv", "healthy", "volunteers", "td", "tdc",
            "probands",
            "carriers", "siblings", "relatives",
        ]
        // Patients before and after are one group, measured twice.
        let times: Set<String> = ["before", "after", "pre", "post", "baseline", "followup"]
        return !words.isDisjoint(with: groups) && words.isDisjoint(with: times)
    }

    /// Letters and digits without accents: names that differ only in spelling have one key.
    package static func key(_ text: String) -> String {
        var key = ""
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            let properties = scalar.properties
            if properties.isAlphabetic || properties.numericType != nil { key.unicodeScalars.append(scalar) }
        }
        return key
    }

    private static func words(_ text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
