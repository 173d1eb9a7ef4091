import Comparison
import Figures

extension MethodResult {
    /// A corrected p as it is printed: of those that are counted no more digits than the count allows.
    func text(_ correctedP: Double) -> String {
        smallestP.map { PrettyNumber.correctedP(correctedP, step: $0) } ?? PrettyNumber.p(correctedP)
    }
}
