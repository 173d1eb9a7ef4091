import Inference
public import Statistics

extension MultipleTesting {
    var correction: MapName.Correction { self == .bonferroni ? .fwe : .fdr }

    var method: String {
        switch self {
        case .bonferroni: "bonferroni"
        case .benjaminiHochberg: "indep"
        case .benjaminiYekutieli: "negcorr"
        }
    }
}

extension ConvergenceResult {
    /// p, z and −log₁₀ p over all voxels of the mask.
    ///
    /// z is that of a two-sided p, as NiMARE writes these maps (its other maps are one-sided).
    public func corrected(_ testing: MultipleTesting) -> ConvergenceMaps {
        var maps = ConvergenceMaps(mask: self.maps.mask)
        maps.setSigned(
            logP: testing.corrected(logP: logP), sign: [Float](repeating: 1, count: logP.count), label: nil,
            correction: testing.correction, method: testing.method)
        return maps
    }
}

extension MKDAChi2.Outcome {
    /// Benjamini–Hochberg for each of the four tests.
    public func falseDiscoveryRate() -> ConvergenceMaps {
        var result = ConvergenceMaps(mask: maps.mask)
        for test in MKDAChi2.Test.allCases {
            guard let values = signed[test] else { continue }
            result.setSigned(
                logP: MultipleTesting.benjaminiHochberg.corrected(logP: values.map { ChiSquare.logP(abs($0)) }),
                sign: maps[MapName(.z, label: test.rawValue)] ?? [], label: test.rawValue, level: .voxel,
                correction: .fdr, method: "indep")
        }
        return result
    }
}
