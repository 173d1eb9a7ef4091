import Crypto
import Evidence
import Formats
import Foundation

/// SHA-256 of everything that a null distribution depends on, put together piece by piece: by it a ledger knows its own test again.
package struct NullKey {
    private var hash = SHA256()

    /// - Parameter test: which test, with the number of its form: another number where the same input gives another null.
    package init(_ test: String) { add(test) }

    package mutating func add(_ text: String) { hash.update(data: Data((text + "\n").utf8)) }

    /// The bytes of numbers as they lie in memory.
    package mutating func add<Number: BitwiseCopyable>(_ values: [Number]) {
        values.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// Settings with their names; what is no setting's name is passed over.
    mutating func add(_ names: [String], of settings: Settings) {
        for name in names {
            if let key = SettingKey.named(name) { add("\(name)=\(key.text(in: settings))") }
        }
    }

    /// All settings but those that are read from the null, and do not make it.
    mutating func add(allOf settings: Settings) {
        let later: Set = ["corrected_p", "corrected_statistic", "two_tailed", "threshold_p", "extent", "peak_z"]
        for assignment in settings.assignments
        where !later.contains(assignment.key) && !assignment.key.hasPrefix("evidence_") {
            add("\(assignment.key)=\(assignment.value)")
        }
    }

    mutating func add(_ design: DesignMatrix) {
        add("\(design.columns.map(\.name)) \(design.values) \(design.test.map(\.weights))")
    }

    /// 64 hexadecimal digits.
    package var text: String { ContentDigest.text(hash.finalize()) }
}
