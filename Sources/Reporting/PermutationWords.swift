import Inference
import Mapping

/// A model's permutation test in a sentence.
struct PermutationWords {
    private let test: FamilyWiseResult

    /// Nil without a test.
    init?(_ result: ModelResult) {
        guard let test = result.familyWise else { return nil }
        self.test = test
    }

    var sentence: String {
        let smallest = NullDistribution.Tail.allCases.map { tail in
            let values = NullDistribution.Statistic.allCases.map { statistic in
                let p = test.map(statistic, tail).p.reduce(1) { $1.isNaN ? $0 : min($0, $1) }
                return "\(statistic.words) \(NumberText.significant(Double(p), 2))"
            }
            return "\(tail.words): \(values.joined(separator: ", "))"
        }
        let count = test.isExhaustive ? "all \(test.permutations)" : PrettyNumber.count(test.permutations)
        return "Permutation test (experimental, \(count) permutations, least possible p "
            + "\(NumberText.significant(test.smallestP, 2))), smallest corrected p \(smallest.joined(separator: "; "))."
    }
}
