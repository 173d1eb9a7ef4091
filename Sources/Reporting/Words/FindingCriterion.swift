public import SeedBasedMapping

/// What SDM-PSI's clusters survived, in words, beside the criteria of other methods.
public struct FindingCriterion: Sendable {
    public let text: String

    public init(_ result: ModelResult) {
        text = PermutationWords(result).map(\.criteria) ?? "\(Exploratory.criteria(result.settings)) (exploratory)"
    }
}
