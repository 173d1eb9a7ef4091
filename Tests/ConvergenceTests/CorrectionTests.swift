import Convergence
import Foundation
import Inference
import Statistics
import TestSupport
import Testing

@Suite("Corrections that need only p")
struct CorrectionTests {
    @Test(
        "False discovery rate and Bonferroni of the pain ALE are NiMARE's",
        .enabled(if: NiMAREShelf.isHere, Shelf.absence))
    func pain() async throws {
        let space = try NiMAREShelf.space()
        let result = try await ActivationLikelihoodEstimation().run(NiMAREShelf.pain(), in: space)
        for testing in MultipleTesting.allCases {
            let maps = result.corrected(testing)
            for name in maps.names {
                let worst = try NiMAREShelf.worst(
                    maps[name], "pain/ale_\(name.nimare)", in: space, relative: name.value == .p)
                #expect(worst < (name.value == .p ? 1e-6 : 1e-5), "\(name.nimare): \(worst)")
            }
        }
    }

    /// Benjamini & Hochberg 1995 (doi:10.1111/j.2517-6161.1995.tb02031.x), section 4.1: 15 p values; at q = 0.05 the
    /// first four are rejected, by Bonferroni the first three.
    @Test("The worked example of Benjamini and Hochberg")
    func benjaminiHochberg() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ]
        let logP = p.map { log($0) }
        func rejected(_ testing: MultipleTesting) -> Int {
            testing.corrected(logP: logP).count { exp($0) <= 0.05 }
        }
        #expect(rejected(.benjaminiHochberg) == 4)
        #expect(rejected(.bonferroni) == 3)
        // Σ 1/i = 3.318: the fourth, 0.0095·15/4·3.318 = 0.118, is no longer rejected.
        #expect(rejected(.benjaminiYekutieli) == 3)
    }

    @Test("p far below the smallest number keep their order")
    func tiny() {
        let corrected = MultipleTesting.benjaminiHochberg.corrected(logP: [-5000, -3000, -1])
        #expect(abs(corrected[0] - (-5000 + log(3.0))) < 1e-9)
        #expect(abs(corrected[1] - (-3000 + log(1.5))) < 1e-9)
        // z of ln p = −5000: from the asymptotic series of Φ, 99.9545...
        #expect(abs(LogProbability.upperTail(LogProbability.oneSided(-5000)) + 5000) < 1e-9)
    }
}
