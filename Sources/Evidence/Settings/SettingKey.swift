import Imaging

/// One setting: its name in `cuneus.yaml`, unit, default, meaning, and how it is read, checked and written.
public struct SettingKey: Sendable {
    /// As in `cuneus.yaml` and `--set name=value`.
    public let name: String
    /// Empty when the value has none.
    public let unit: String
    public let meaning: String
    /// What may be written, in words.
    public let allowed: String
    private let read: @Sendable (Settings) -> String
    /// False when the text is not allowed.
    private let write: @Sendable (String, inout Settings) -> Bool

    /// The default as text.
    public var defaultText: String { read(Settings()) }

    /// The value in `settings`, as text that ``set(_:in:at:)`` reads back.
    public func text(in settings: Settings) -> String { read(settings) }

    /// - Throws: ``InputError`` saying what is allowed.
    public func set(
        _ value: String, in settings: inout Settings, at source: SourceLocation? = nil
    ) throws(InputError) {
        guard write(value.trimmingBlanks, &settings) else {
            let unitText = unit.isEmpty ? "" : " (\(unit))"
            throw InputError(
                at: source, "\(name) is \"\(value)\"; expected \(allowed)\(unitText).",
                remedy: "The default is \(defaultText).")
        }
    }

    /// The key of this name; `gray` and `-` for `_` are not aliases, so that a plan reads the same everywhere.
    public static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    /// Keys whose value can be a file, looked for beside the plan.
    package static let files = ["mask", "foci_mask", "relocate_from"]

    /// Every key, in the order of the analysis.
    public static let all: [SettingKey] = [
        SettingKey(
            name: "method", unit: "",
            meaning:
                "How a model is analysed, one or several: effects = effect sizes as a posterior (Docs/posterior.md); "
                + "sdm-psi = effect sizes by imputation (Docs/permutation-test.md); ale to kda = "
                + "where foci converge, ale-subtraction to mkda-chi2 = how foci of two groups differ (Docs/convergence.md); "
                + "ibma-… = from whole-brain maps (Docs/image-based.md).",
            allowed: "one or several, separated by commas, of "
                + AnalysisMethod.allCases.map(\.rawValue).joined(separator: ", "),
            read: { $0.methods.map(\.rawValue).joined(separator: ", ") },
            write: { text, settings in
                guard let methods = AnalysisMethod.list(text) else { return false }
                settings.methods = methods
                return true
            }),
        number(
            "anisotropy", \.anisotropy, in: 0...1,
            "How far the kernels follow the tissue: 0 = isotropic Gaussian, 1 = correlation of neighbouring voxels."),
        number(
            "kernel_fwhm", \.kernelFWHM, in: 1...100, unit: "mm",
            "Full width at half maximum of the kernel that spreads a peak's effect."),
        number(
            "least_kernel_fwhm", \.leastKernelFWHM, in: 1...100, unit: "mm",
            "Width of the kernel of the roughest images that are thinkable: in effects, bounds hold for all kernels from it to "
                + "kernel_fwhm (which as its value takes that kernel to be right)."),
        number(
            "voxel_size", \.voxelSize, in: 1...10, unit: "mm",
            "Edge of a voxel of the analysis grid, in the MNI bounding box."),
        mask(
            "mask", \.mask,
            "Where the analysis looks. In white_matter kernels are isotropic, whatever anisotropy says (Docs/correlation-template.md)."
        ),
        SettingKey(
            name: "threshold_column", unit: "",
            meaning: "Column of the study table that holds each experiment's t threshold.",
            allowed: "the name of a column",
            read: { $0.thresholdColumn },
            write: { text, settings in
                settings.thresholdColumn = text
                return !text.isEmpty
            }),
        number(
            "assumed_threshold_p", \.assumedThresholdP, in: 1e-8...0.2,
            "One-tailed p whose t is assumed as the threshold of experiments that state none."),
        choice(
            "samples", \.samples,
            "Experiments that share a sample: combine = average them into one, precise = take the most precise, "
                + "separate = leave them apart as if independent, with a warning."),
        number(
            "sample_correlation", \.sampleCorrelation, in: 0...1,
            "Correlation assumed between experiments of one sample when they are combined."),
        SettingKey(
            name: "leave_out", unit: "experiments",
            meaning: "Experiments left out, one after another, against the bias of the most likely effect; "
                + "auto = by the number of experiments.",
            allowed: "auto or a whole number from 0 to 1000",
            read: { $0.leaveOut.map(String.init) ?? "auto" },
            write: { text, settings in
                if text == "auto" {
                    settings.leaveOut = nil
                    return true
                }
                guard let value = Int(text), (0...1000).contains(value) else { return false }
                settings.leaveOut = value
                return true
            }),
        number(
            "effect_smoothing", \.effectSmoothing, in: 0...50, unit: "mm",
            "Full width at half maximum of the smoothing of the most likely effect; 0 = off."),
        number(
            "tau2_smoothing", \.tau2Smoothing, in: 0...50, unit: "mm",
            "Full width at half maximum of the smoothing of tau² before imputation; 0 = off."),
        SettingKey(
            name: "sign_height", unit: "",
            meaning:
                "Height of a peak of which only the sign is known, in multiples of the threshold's t: expected = as high "
                + "as reported peaks are, in the project where 30 have a t and a stated threshold, else in published ones "
                + "(Docs/posterior.md); threshold = as the threshold. For effects; sdm-psi keeps the threshold, as its papers.",
            allowed: "expected, threshold or a number from 1 to 20",
            read: {
                switch $0.signHeight {
                case .expected: "expected"
                case .threshold: "threshold"
                case .factor(let factor): NumberText.text(factor)
                }
            },
            write: { text, settings in
                switch text {
                case "expected": settings.signHeight = .expected
                case "threshold": settings.signHeight = .threshold
                default:
                    guard let factor = NumberText.parse(text), (1...20).contains(factor) else { return false }
                    settings.signHeight = .factor(factor)
                }
                return true
            }),
        number(
            "prior_mean_sd", \.priorMeanSD, in: 0.02...50, unit: "g",
            "Weak priors of the posterior estimate: standard deviation of the mean effect around 0."),
        number(
            "prior_tau_sd", \.priorTauSD, in: 0.002...10, unit: "g",
            "Weak priors of the posterior estimate: scale of tau, the standard deviation between studies."),
        integer("imputations", \.imputations, in: 1...10_000, "Completed data sets that are pooled by Rubin's rules."),
        choice(
            "sampler", \.sampler,
            "How unreported effects are drawn: copula = truncated normals joined by a Gaussian field, "
                + "paper = threshold and smooth uniform noise as in the SDM-PSI paper."),
        number(
            "noise_fwhm", \.noiseFWHM, in: 0...50, unit: "virtual mm",
            "Full width at half maximum of the spatial correlation of the imputed noise."),
        choice(
            "estimator", \.effectEstimator,
            "How the method effects estimates: posterior = mean, SD and interval of the posterior, imputation = imputation "
                + "around the most likely effect, as SDM-PSI. Models with covariates are imputed."),
        choice(
            "tau2_estimator", \.tau2Estimator,
            "Between-study variance: dl = DerSimonian-Laird, reml = restricted maximum likelihood."),
        integer(
            "relocations", \.relocations, in: 0...1_000_000,
            "Random placements of the peaks for corrected p of the method effects; 0 = none. Models that test a covariate permute "
                + "their studies as many times. See Docs/agreement-test.md and Docs/covariate-test.md."),
        choice(
            "relocate", \.relocate,
            "Where relocated peaks go: uniform = anywhere, which asks for more agreement than chance; base_rate = where "
                + "publications at large print peaks, which asks for more than the brain's busy places; both = a test of each, "
                + "the tables cut by uniform. See Docs/agreement-test.md."),
        SettingKey(
            name: "relocate_from", unit: "",
            meaning:
                "What says where publications at large print peaks: neurosynth = the map that comes with the program, made from "
                + "some 20,000 tables; else a NIfTI image of densities, or a project of at least 300 other studies in any format that "
                + "Cuneus reads.",
            allowed: "neurosynth, or the path of an image, a coordinate file or a project folder",
            read: { settings in
                switch settings.baseRates {
                case .neurosynth: "neurosynth"
                case .file(let file): file
                }
            },
            write: { text, settings in
                if text == "neurosynth" {
                    settings.baseRates = .neurosynth
                    return true
                }
                // A word without either is a slip of the pen, not a file.
                guard text.contains("/") || text.contains(".") else { return false }
                settings.baseRates = .file(text)
                return true
            }),
        integer(
            "permutations", \.permutations, in: 0...1_000_000,
            "Permutations of the subject images for corrected p of sdm-psi, the unpermuted data included; 0 = none. Experimental: "
                + "see Docs/family-wise-error.md. In method effects, of the studies in tests of a covariate; 0 = as many as relocations."
        ),
        number(
            "cluster_forming_p", \.clusterFormingP, in: 1e-8...0.5,
            "Uncorrected one-tailed p a voxel must be below to be part of a cluster in the permutation test."),
        neighbours(
            "tfce_connectivity", \.tfceConnectivity,
            "Which voxels touch in threshold-free cluster enhancement: shared faces (6), edges (18) or corners (26)."),
        number(
            "corrected_p", \.correctedP, in: 1e-6...0.5, "Family-wise error level of the corrected tables and maps."),
        choice(
            "corrected_statistic", \.correctedStatistic,
            "Statistic by whose corrected p the tables are cut: voxel (z), tfce, or cluster size or mass; auto = tfce of the method effects "
                + "(voxel where more than a quarter of the samples are maps), voxel of sdm-psi."),
        SettingKey(
            name: "two_tailed", unit: "",
            meaning: "Whether corrected p values count both tails together; no = each tail on its own, as SDM does.",
            allowed: "yes or no",
            read: { $0.twoTailed ? "yes" : "no" },
            write: { text, settings in
                switch text {
                case "yes", "true": settings.twoTailed = true
                case "no", "false": settings.twoTailed = false
                default: return false
                }
                return true
            }),
        choice(
            "foci_direction", \.fociDirection,
            "Which foci enter a map of convergence: separate = increases and decreases in maps of their own, all = every "
                + "focus whatever its sign."),
        mask("foci_mask", \.fociMask, "Where foci are looked at, and where random foci fall."),
        choice(
            "foci_correction", \.fociCorrection,
            "Correction of maps of convergence: family-wise error by cluster size or mass, voxel or tfce; fdr = "
                + "Benjamini-Hochberg."),
        choice(
            "permuted_on", \.permutedOn,
            "What ibma-permuted-ols takes of whole-brain maps: effects = Hedges' g, z = the z maps, whose mean is no mean effect where "
                + "samples differ in size."),
        choice(
            "within", \.within,
            "Where ALE subtractions compare two groups: everywhere = every voxel of foci_mask, main_effects = where one group's own ALE "
                + "at least survives foci_correction, as in GingerALE."),
        integer(
            "foci_iterations", \.fociIterations, in: 100...10_000_000,
            "Random sets of foci, or permuted labels, of the coordinate methods."),
        SettingKey(
            name: "ale_fwhm", unit: "mm",
            meaning: "Full width at half maximum of ALE's kernel; auto = by each experiment's sample size.",
            allowed: "auto or a number from 1 to 50",
            read: { $0.aleFWHM.map(NumberText.text) ?? "auto" },
            write: { text, settings in
                if text == "auto" {
                    settings.aleFWHM = nil
                    return true
                }
                guard let value = NumberText.parse(text), (1...50).contains(value) else { return false }
                settings.aleFWHM = value
                return true
            }),
        SettingKey(
            name: "ale_n", unit: "people",
            meaning:
                "Sample size that ALE's kernel is made for, the same for all experiments; auto = each experiment's own. "
                + "Not together with ale_fwhm.",
            allowed: "auto or a number from 1 to 100000",
            read: { $0.aleSize.map(NumberText.text) ?? "auto" },
            write: { text, settings in
                if text == "auto" {
                    settings.aleSize = nil
                    return true
                }
                guard let value = NumberText.parse(text), (1...100_000).contains(value) else { return false }
                settings.aleSize = value
                return true
            }),
        number("sphere_radius", \.sphereRadius, in: 1...50, unit: "mm", "How far a focus reaches in MKDA and KDA."),
        choice(
            "foci_compat", \.fociCompatibility,
            "Whose arithmetic ALE follows: exact = the published width, foci at the nearest voxel, kernels of 4 standard "
                + "deviations; nimare = the same with NiMARE's rounding of the width; gingerale = foci where they are between "
                + "the voxels, every experiment for itself; spm = kernels of 3.5 standard deviations."),
        SettingKey(
            name: "seed", unit: "", meaning: "Start of the random numbers; the same seed gives the same bytes.",
            allowed: "a whole number from 0 to 2^64 - 1",
            read: { String($0.seed) },
            write: { text, settings in
                guard let value = UInt64(text) else { return false }
                settings.seed = value
                return true
            }),
        number(
            "threshold_p", \.thresholdP, in: 1e-12...0.5,
            "Uncorrected one-tailed p below which a voxel enters the exploratory tables."),
        integer("extent", \.extent, in: 0...1_000_000, unit: "voxels", "Smallest cluster that is listed."),
        number("peak_z", \.peakZ, in: 0...40, "Least |z| of the highest voxel of a listed cluster."),
        neighbours(
            "connectivity", \.connectivity,
            "Which voxels touch in a cluster: shared faces (6), edges (18) or corners (26)."),
        integer(
            "evidence_n", \.evidenceSize, in: 0...10_000_000, unit: "people",
            "Evidence classes I to III need more than this many people."),
        choice(
            "evidence_count", \.evidenceCount,
            "Whom the evidence classes count, each sample once: cases = the first group (n1), participants = everyone."),
        number(
            "evidence_p_convincing", \.evidenceConvincingP, in: 1e-300...0.5,
            "Two-sided uncorrected p that evidence classes I and II must be below."),
        number(
            "evidence_p_suggestive", \.evidenceSuggestiveP, in: 1e-300...0.5,
            "Two-sided uncorrected p that evidence class III must be below."),
        number(
            "evidence_p_weak", \.evidenceWeakP, in: 1e-300...0.5,
            "Two-sided uncorrected p that evidence class IV must be below."),
        number(
            "evidence_i2", \.evidenceI2, in: 0...100, unit: "%", "I² that evidence class I must be below."),
        number(
            "evidence_p_small_studies", \.evidenceSmallStudyP, in: 0...1,
            "p of the small-study regression that evidence class I must be above."),
        number(
            "evidence_p_excess", \.evidenceExcessP, in: 0...1,
            "p of the excess of significant studies that evidence class I must be above."),
        choice(
            "compat", \.compatibility,
            "Whose arithmetic to follow: none = the published method, "
                + "sdm621 = SDM-PSI 6.21 (sign-only peaks take the t threshold as their effect size; permuted samples keep "
                + "unit variance; TFCE in 100 steps)."),
    ]

    private static func mask(
        _ name: String, _ path: any WritableKeyPath<Settings, Settings.MaskChoice> & Sendable, _ meaning: String
    ) -> SettingKey {
        SettingKey(
            name: name, unit: "", meaning: meaning,
            allowed: "grey_matter (or gray_matter), white_matter, brain, or the path of a NIfTI image",
            read: { settings in
                switch settings[keyPath: path] {
                case .greyMatter: "grey_matter"
                case .whiteMatter: "white_matter"
                case .brain: "brain"
                case .file(let file): file
                }
            },
            write: { text, settings in
                switch text {
                case "": return false
                case "grey_matter", "gray_matter": settings[keyPath: path] = .greyMatter
                case "white_matter": settings[keyPath: path] = .whiteMatter
                case "brain": settings[keyPath: path] = .brain
                default:
                    guard text.contains("/") || ImageFileName(text) != nil else { return false }
                    settings[keyPath: path] = .file(text)
                }
                return true
            })
    }

    private static func number(
        _ name: String, _ path: any WritableKeyPath<Settings, Double> & Sendable, in range: ClosedRange<Double>,
        unit: String = "", _ meaning: String
    ) -> SettingKey {
        SettingKey(
            name: name, unit: unit, meaning: meaning,
            allowed: "a number from \(NumberText.text(range.lowerBound)) to \(NumberText.text(range.upperBound))",
            read: { NumberText.text($0[keyPath: path]) },
            write: { text, settings in
                guard let value = NumberText.parse(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    private static func integer(
        _ name: String, _ path: any WritableKeyPath<Settings, Int> & Sendable, in range: ClosedRange<Int>,
        unit: String = "", _ meaning: String
    ) -> SettingKey {
        SettingKey(
            name: name, unit: unit, meaning: meaning,
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { String($0[keyPath: path]) },
            write: { text, settings in
                guard let value = Int(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    private static func neighbours(
        _ name: String, _ path: any WritableKeyPath<Settings, Int> & Sendable, _ meaning: String
    ) -> SettingKey {
        SettingKey(
            name: name, unit: "neighbours", meaning: meaning, allowed: "6, 18 or 26",
            read: { String($0[keyPath: path]) },
            write: { text, settings in
                guard let value = Int(text), [6, 18, 26].contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ meaning: String
    ) -> SettingKey {
        SettingKey(
            name: name, unit: "", meaning: meaning,
            allowed: Value.allCases.map(\.rawValue).joined(separator: " or "),
            read: { $0[keyPath: path].rawValue },
            write: { text, settings in
                guard let value = Value(rawValue: text) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }
}

extension Settings {
    /// The file that a key of ``SettingKey/files`` names; nil for a value that is none.
    package func file(of key: String) -> String? {
        switch key {
        case "mask": if case .file(let path) = mask { return path }
        case "foci_mask": if case .file(let path) = fociMask { return path }
        case "relocate_from": if case .file(let path) = baseRates { return path }
        default: break
        }
        return nil
    }

    /// These settings with the assignments on top, in their order.
    ///
    /// `compat` asks for the habits of a program of SDM-PSI: where nothing names a method, that is the method then.
    ///
    /// - Throws: ``InputError`` for an unknown key (naming the nearest) or a value that is not allowed.
    public func applying(_ assignments: [SettingAssignment]) throws(InputError) -> Settings {
        var result = self
        for assignment in assignments {
            guard let key = SettingKey.named(assignment.key) else {
                throw InputError(
                    at: assignment.source, "there is no setting \"\(assignment.key)\".",
                    remedy: Nearest.suggestion(
                        assignment.key, among: SettingKey.all.map(\.name), called: "settings"))
            }
            try key.set(assignment.value, in: &result, at: assignment.source)
        }
        if result.aleFWHM != nil, result.aleSize != nil,
            let last = assignments.last(where: { $0.key == "ale_n" || $0.key == "ale_fwhm" })
        {
            throw InputError(
                at: last.source, "ale_n and ale_fwhm are both set, and each fixes the width of ALE's kernel.",
                remedy: "Set one of them and leave the other at auto.")
        }
        if result.compatibility != .none, assignments.contains(where: { $0.key == "compat" }),
            !assignments.contains(where: { $0.key == "method" }), result.methods == Settings().methods
        {
            result.methods = [.sdmPSI]
        }
        return result
    }

    /// Every key with its value as text, in the order of ``SettingKey/all``: what `run.json` records.
    public var assignments: [SettingAssignment] {
        SettingKey.all.map { SettingAssignment(key: $0.name, value: $0.text(in: self)) }
    }

    /// The assignments that differ from the defaults.
    public var changes: [SettingAssignment] {
        SettingKey.all.filter { $0.text(in: self) != $0.defaultText }
            .map { SettingAssignment(key: $0.name, value: $0.text(in: self)) }
    }
}

extension SettingAssignment {
    /// Reads `key=value` from the command line.
    public init(commandLine text: String) throws(InputError) {
        guard let mark = text.firstIndex(of: "="), mark > text.startIndex else {
            throw InputError("\"\(text)\" is not a setting.", remedy: "Write key=value, for example imputations=20.")
        }
        self.init(
            key: String(text[..<mark]).trimmingBlanks,
            value: String(text[text.index(after: mark)...]).trimmingBlanks,
            source: SourceLocation(file: "--set \(text)"))
    }
}

extension String {
    /// Without blanks at either end.
    package var trimmingBlanks: String { Array(utf8)[...].trimmed.text }
}
