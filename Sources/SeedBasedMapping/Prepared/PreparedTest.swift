import Evidence
import Imaging

/// What a part of a model's permutation test takes from a ``PreparedFile`` in place of computing it.
public struct PreparedTest: Sendable {
    /// Of the model's settings.
    public let space: AnalysisSpace
    let numbers: MappedSections
    /// That of the ledgers of the test that was prepared.
    private let key: String

    init(_ numbers: MappedSections, key: String) throws(InputError) {
        space = try AnalysisSpace(from: numbers)
        self.numbers = numbers
        self.key = key
    }

    /// A part compares its own ledger's key, which knows what no file's hash tells (foci of other studies, say).
    func check(_ found: String) throws(InputError) {
        guard found != key else { return }
        throw InputError(
            at: SourceLocation(file: numbers.file.path),
            "the prepared file is of another test: its key is \(key.prefix(16))…, that of this part \(found.prefix(16))….",
            remedy: PreparedFile.remedy(numbers.file.path))
    }
}
