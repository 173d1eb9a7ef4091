import Evidence
import TestSupport
import Testing

@Suite("Settings")
struct SettingsCatalogueTests {
    @Test("every key has a meaning and reads back its own text")
    func catalogue() throws {
        #expect(SettingKey.all.count == 54)
        #expect(Set(SettingKey.all.map(\.name)).count == 54)
        for key in SettingKey.all {
            #expect(!key.meaning.isEmpty && !key.allowed.isEmpty)
            var settings = Settings()
            try key.set(key.defaultText, in: &settings)
            #expect(settings == Settings())
        }
    }

    @Test(
        "defaults are the field's",
        arguments: [
            ("anisotropy", "1"), ("kernel_fwhm", "20"), ("voxel_size", "2"), ("mask", "grey_matter"),
            ("threshold_column", "t_thr"), ("assumed_threshold_p", "0.001"), ("samples", "combine"),
            ("sample_correlation", "0.5"), ("leave_out", "auto"),
            ("effect_smoothing", "0"), ("tau2_smoothing", "4"), ("sign_height", "expected"),
            ("prior_mean_sd", "0.5"), ("prior_tau_sd", "0.3"), ("imputations", "50"), ("sampler", "copula"),
            ("noise_fwhm", "2.6"), ("tau2_estimator", "dl"), ("permutations", "0"), ("cluster_forming_p", "0.001"),
            ("tfce_connectivity", "6"), ("corrected_p", "0.05"), ("corrected_statistic", "auto"), ("two_tailed", "no"),
            ("relocations", "999"), ("relocate", "uniform"), ("relocate_from", "neurosynth"),
            ("seed", "1"), ("ale_fwhm", "auto"), ("ale_n", "auto"), ("foci_compat", "exact"),
            ("threshold_p", "0.005"), ("extent", "10"), ("peak_z", "0"), ("connectivity", "18"),
            ("evidence_n", "1000"), ("evidence_count", "cases"), ("evidence_p_convincing", "1e-06"),
            ("evidence_p_suggestive", "0.001"), ("evidence_p_weak", "0.05"), ("evidence_i2", "50"),
            ("evidence_p_small_studies", "0.05"), ("evidence_p_excess", "0.05"), ("compat", "none"),
        ])
    func defaults(_ name: String, _ text: String) {
        #expect(SettingKey.named(name)?.defaultText == text)
    }

    @Test(
        "no number given to a setting traps, and none that is not finite is taken",
        arguments: [
            "nan", "inf", "-inf", "1e300", "-1e300", "1e38", "9223372036854775807", "-9223372036854775808", "1e-300",
            "0",
            "-1", "99999999999999999999", "",
        ])
    func numbers(_ text: String) {
        for key in SettingKey.all {
            var settings = Settings()
            let isTaken = (try? key.set(text, in: &settings)) != nil
            _ = key.text(in: settings)
            guard key.allowed.hasPrefix("a number") || key.allowed.hasPrefix("a whole number") else { continue }
            #expect(!isTaken || Double(text)?.isFinite == true, "\(key.name) takes \(text)")
        }
    }

    @Test("values are set in their order, and all of them can be written down again")
    func applying() throws {
        let settings = try Settings().applying([
            SettingAssignment(key: "mask", value: "gray_matter"), SettingAssignment(key: "imputations", value: "10"),
            SettingAssignment(key: "imputations", value: " 20 "), SettingAssignment(key: "leave_out", value: "3"),
            SettingAssignment(key: "compat", value: "sdm621"), SettingAssignment(key: "tau2_estimator", value: "reml"),
            SettingAssignment(key: "seed", value: "18446744073709551615"),
            SettingAssignment(key: "kernel_fwhm", value: "12.5"), SettingAssignment(key: "sampler", value: "paper"),
        ])
        #expect(settings.imputations == 20)
        #expect(settings.leaveOut == 3)
        #expect(settings.compatibility == .sdm621)
        #expect(settings.tau2Estimator == .reml)
        #expect(settings.sampler == .paper)
        #expect(settings.seed == .max)
        #expect(settings.kernelFWHM == 12.5)
        #expect(settings.mask == .greyMatter)
        #expect(try Settings().applying(settings.assignments) == settings)
        #expect(try Settings().applying(settings.changes) == settings)
        #expect(Settings().changes.isEmpty)
    }

    @Test(
        "a mask may be white matter, of effect sizes and of foci; then kernels are isotropic, whatever anisotropy says")
    func whiteMatter() throws {
        let settings = try Settings().applying([
            SettingAssignment(key: "mask", value: "white_matter"),
            SettingAssignment(key: "foci_mask", value: "white_matter"),
        ])
        #expect(settings.mask == .whiteMatter && settings.fociMask == .whiteMatter)
        #expect(settings.anisotropy == 1 && settings.kernelAnisotropy == 0)
        #expect(Settings().kernelAnisotropy == 1)
        #expect(SettingKey.named("mask")?.text(in: settings) == "white_matter")
        #expect(try Settings().applying(settings.changes) == settings)
    }

    @Test("one of ale_n and ale_fwhm fixes ALE's kernel, never both: the report would name one width and use another")
    func widthOfALE() throws {
        let size = SettingAssignment(key: "ale_n", value: "20")
        let width = SettingAssignment(key: "ale_fwhm", value: "10")
        #expect(try Settings().applying([size]).aleSize == 20)
        #expect(try Settings().applying([size]).aleFWHM == nil)
        #expect(throws: InputError.self) { try Settings().applying([size, width]) }
        #expect(throws: InputError.self) { try Settings().applying([width, size]) }
        #expect(try Settings().applying([size, width, SettingAssignment(key: "ale_n", value: "auto")]).aleFWHM == 10)
        #expect(throws: InputError.self) { try Settings().applying([SettingAssignment(key: "ale_n", value: "0")]) }
    }

    @Test("a mask may be a file")
    func maskFile() throws {
        let settings = try Settings().applying([SettingAssignment(key: "mask", value: "masks/gm.nii.gz")])
        #expect(settings.mask == .file("masks/gm.nii.gz"))
    }

    @Test("base rates come with the program or from a file")
    func baseRates() throws {
        let settings = try Settings().applying([
            SettingAssignment(key: "relocate", value: "both"),
            SettingAssignment(key: "relocate_from", value: "others.txt"),
        ])
        #expect(settings.relocate == .both && settings.baseRates == .file("others.txt"))
        #expect(settings.file(of: "relocate_from") == "others.txt" && Settings().file(of: "relocate_from") == nil)
        #expect(try Settings().applying(settings.changes) == settings)
    }

    @Test(
        "the height of a sign is a word or a factor",
        arguments: [
            ("expected", Settings.SignHeight.expected, "expected"), ("threshold", .threshold, "threshold"),
            ("1.60", .factor(1.6), "1.6"), ("1", .factor(1), "1"),
        ])
    func signHeight(_ text: String, _ height: Settings.SignHeight, _ written: String) throws {
        let settings = try Settings().applying([SettingAssignment(key: "sign_height", value: text)])
        #expect(settings.signHeight == height)
        #expect(SettingKey.named("sign_height")?.text(in: settings) == written)
        #expect(try Settings().applying(settings.changes) == settings)
    }

    @Test("the weak priors of the posterior estimate are numbers of g")
    func priors() throws {
        let settings = try Settings().applying([
            SettingAssignment(key: "prior_mean_sd", value: "0.8"),
            SettingAssignment(key: "prior_tau_sd", value: "0.15"),
        ])
        #expect(settings.priorMeanSD == 0.8 && settings.priorTauSD == 0.15)
        #expect(settings.changes.map(\.key) == ["prior_mean_sd", "prior_tau_sd"])
    }

    @Test(
        "values out of range are refused, saying what is allowed",
        arguments: [
            ("anisotropy", "1.5", "from 0 to 1"), ("kernel_fwhm", "0", "(mm)"), ("imputations", "0", "from 1"),
            ("imputations", "20.5", "whole number"), ("mask", "gray_mater", "grey_matter"),
            ("leave_out", "-1", "auto"), ("connectivity", "8", "6, 18 or 26"), ("sampler", "gauss", "copula or paper"),
            ("tau2_estimator", "DL", "dl or reml"), ("threshold_p", "0", "from"), ("threshold_p", "nan", "from"),
            ("seed", "-1", "2^64"), ("compat", "sdm", "none or sdm621"), ("permutations", "1e3", "whole number"),
            ("sign_height", "0.9", "from 1 to 20"), ("sign_height", "Expected", "expected, threshold or a number"),
            ("sign_height", "-2", "from 1"), ("sign_height", "nan", "from 1"), ("sign_height", "", "expected"),
            ("prior_mean_sd", "0", "from 0.02"), ("prior_mean_sd", "-0.5", "(g)"), ("prior_tau_sd", "0", "from 0.002"),
            ("prior_tau_sd", "auto", "(g)"), ("relocate", "hubs", "uniform or base_rate or both"),
            ("relocate_from", "neurosinth", "neurosynth, or the path"),
        ])
    func refused(_ key: String, _ value: String, _ hint: String) {
        let text = problem { try Settings().applying([SettingAssignment(key: key, value: value)]) }
        #expect(text.contains("\(key) is \"\(value)\""))
        #expect(text.contains(hint))
        #expect(text.contains("default"))
    }

    @Test("an unknown key names the nearest")
    func typo() {
        let text = problem {
            try Settings().applying([
                SettingAssignment(key: "imputation", value: "20", source: .init(file: "p", line: 3))
            ])
        }
        #expect(text == "p:3: there is no setting \"imputation\". Did you mean \"imputations\"?")
    }

    @Test("the command line's key=value is taken apart")
    func commandLine() throws {
        let assignment = try SettingAssignment(commandLine: "mask=a=b.nii")
        #expect((assignment.key, assignment.value) == ("mask", "a=b.nii"))
        #expect(problem { try SettingAssignment(commandLine: "imputations") }.contains("key=value"))
        #expect(problem { try SettingAssignment(commandLine: "=3") }.contains("key=value"))
    }
}
