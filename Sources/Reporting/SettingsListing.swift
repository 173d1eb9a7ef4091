import Evidence

/// Every setting of a run by key, as text.
struct SettingsListing {
    struct Entry: Hashable {
        var key: String
        var value: String
        /// Differs from the field's default.
        var isChanged: Bool
    }

    var entries: [Entry]

    init(_ settings: Settings) {
        let defaults = Dictionary(uniqueKeysWithValues: Self.values(Settings()))
        entries = Self.values(settings).map { key, value in
            Entry(key: key, value: value, isChanged: defaults[key] != value)
        }
    }

    var changed: [Entry] { entries.filter(\.isChanged) }

    private static func values(_ s: Settings) -> [(String, String)] {
        let mask =
            switch s.mask {
            case .greyMatter: "grey_matter"
            case .brain: "brain"
            case .file(let path): path
            }
        return [
            ("anisotropy", NumberText.shortest(s.anisotropy)),
            ("kernel_fwhm", NumberText.shortest(s.kernelFWHM)),
            ("voxel_size", NumberText.shortest(s.voxelSize)),
            ("mask", mask),
            ("threshold_column", s.thresholdColumn),
            ("assumed_threshold_p", NumberText.shortest(s.assumedThresholdP)),
            ("leave_out", s.leaveOut.map(String.init) ?? "auto"),
            ("effect_smoothing", NumberText.shortest(s.effectSmoothing)),
            ("tau2_smoothing", NumberText.shortest(s.tau2Smoothing)),
            ("imputations", String(s.imputations)),
            ("sampler", s.sampler.rawValue),
            ("noise_fwhm", NumberText.shortest(s.noiseFWHM)),
            ("tau2_estimator", s.tau2Estimator.rawValue),
            ("permutations", String(s.permutations)),
            ("seed", String(s.seed)),
            ("threshold_p", NumberText.shortest(s.thresholdP)),
            ("extent", String(s.extent)),
            ("peak_z", NumberText.shortest(s.peakZ)),
            ("connectivity", String(s.connectivity)),
            ("compat", s.compatibility.rawValue),
        ]
    }
}
