import Appraisal
import Evidence
import Imaging
import SeedBasedMapping

/// What a run used, and so must be cited.
struct MethodFacts {
    var settings: [Settings]
    var experiments: [Experiment]
    var usesAAL: Bool
    var showsTemplate: Bool
    var usesPermutations: Bool
    /// Whether peaks were placed by the map of base rates that comes with the program.
    var usesNeurosynth: Bool
    /// What the appraisal of findings cites; empty where none was appraised.
    var appraisal: [Reference]
    var combinesSamples: Bool
    var usesRegions: Bool
    var joinsRegions: Bool

    init(_ models: [ModelFindings], places: PlaceNamer, showsTemplate: Bool) {
        settings = models.map(\.result.settings)
        experiments = models.flatMap(\.result.experiments)
        usesAAL = places.atlases.contains { $0.uppercased().contains("AAL") }
        self.showsTemplate = showsTemplate
        combinesSamples = models.contains {
            $0.result.settings.samples == .combine && !$0.result.sharedSamples.isEmpty
        }
        usesPermutations = models.contains { $0.result.familyWise != nil }
        usesNeurosynth = models.contains {
            $0.result.settings.baseRates == .neurosynth
                && ($0.result.baseRate != nil || $0.result.familyWise?.isBaseRate == true)
        }
        appraisal = models.contains { !$0.trust.isEmpty } ? TrustMethods.references(models) : []
        usesRegions = models.contains { !$0.regions.isEmpty }
        joinsRegions = models.contains { !JointRegions.all($0.regions).isEmpty }
    }

    private var spaces: Set<CoordinateSpace> { Set(experiments.flatMap { $0.peaks.map(\.space) }) }

    var hasPeaks: Bool { experiments.contains { !$0.peaks.isEmpty } }
    var hasMaps: Bool { experiments.contains { $0.hasMap } }
    var usesLancaster: Bool { !spaces.isDisjoint(with: [.talairach, .talairachFSL, .talairachSPM]) }
    var usesBrett: Bool { spaces.contains(.brett) }
    var usesAnisotropy: Bool { hasPeaks && settings.contains { $0.kernelAnisotropy > 0 } }

    /// In the order of the method.
    var references: [Reference] {
        var list: [Reference] = [.sdmPSI, .metaNSUE, .effectSizeSDM]
        if usesAnisotropy { list.append(.anisotropicKernels) }
        if experiments.isEmpty || experiments.contains(where: { $0.measure == .change }) { list.append(.hedges) }
        if experiments.contains(where: { $0.measure == .correlation }) { list.append(.fisherZ) }
        if settings.contains(where: { $0.tau2Estimator == .dersimonianLaird }) { list.append(.derSimonianLaird) }
        if settings.contains(where: { $0.tau2Estimator == .reml }) { list.append(.reml) }
        if combinesSamples { list.append(.composite) }
        list += [.rubin, .heterogeneity]
        if usesRegions { list.append(.directedBayes) }
        if joinsRegions { list.append(.intersectionUnion) }
        if usesPermutations { list += [.permutationInference, .tfce] }
        if usesNeurosynth { list.append(.neurosynth) }
        list += appraisal
        if showsTemplate || settings.contains(where: Self.usesTemplate) { list += [.icbm152Conference, .icbm152] }
        if usesLancaster { list.append(.lancaster) }
        if usesBrett { list.append(.brett) }
        if usesAAL { list.append(.aal) }
        return list
    }

    private static func usesTemplate(_ settings: Settings) -> Bool {
        if case .file = settings.mask { return settings.kernelAnisotropy > 0 }
        return true
    }
}
