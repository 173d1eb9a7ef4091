import Evidence

/// A publication that a report cites.
public struct Reference: Hashable, Sendable, Codable {
    /// As it is cited in the text.
    public var mark: String
    public var citation: String
    public var doi: String?

    public init(_ mark: String, _ citation: String, doi: String?) {
        self.mark = mark
        self.citation = citation
        self.doi = doi
    }

    /// Author, title, year and so on; nil where the citation is written in another way.
    public var fields: CitationFields? { CitationFields(citation) }

    /// Everything that some run may cite.
    package static var all: [Reference] {
        let method: [Reference] = [
            sdmPSI, metaNSUE, effectSizeSDM, anisotropicKernels, derSimonianLaird, reml, rubin, hedges, fisherZ,
            composite,
            heterogeneity, tfce, permutationInference, neurosynth, icbm152, icbm152Conference, aal, lancaster, brett,
        ]
        let trust: [Reference] = [
            predictionInterval, egger, petPeese, excessSignificance, trimAndFill, rosenthal, rosenberg, influence,
            evidenceClasses, directedBayes, intersectionUnion,
        ]
        let others: [Reference] = [
            ale, aleWithin, aleContrast, scale, mkda, kda, chiSquare, conjunction, nimare, falseDiscovery, knappHartung,
        ]
        return method + trust + others + ofOutcomes
    }

    public var address: String? { doi.map { "https://doi.org/\($0)" } }

    static let sdmPSI = Reference(
        "Albajes-Eizagirre, Solanes, Vieta & Radua, 2019",
        "Albajes-Eizagirre A, Solanes A, Vieta E, Radua J. Voxel-based meta-analysis via permutation of subject images "
            + "(PSI): Theory and implementation for SDM. NeuroImage 2019; 186: 174–184.",
        doi: "10.1016/j.neuroimage.2018.10.077")
    static let metaNSUE = Reference(
        "Albajes-Eizagirre, Solanes & Radua, 2019",
        "Albajes-Eizagirre A, Solanes A, Radua J. Meta-analysis of non-statistically significant unreported effects. "
            + "Statistical Methods in Medical Research 2019; 28: 3741–3754.",
        doi: "10.1177/0962280218811349")
    static let effectSizeSDM = Reference(
        "Radua et al., 2012",
        "Radua J, Mataix-Cols D, Phillips ML, El-Hage W, Kronhaus DM, Cardoner N, Surguladze S. A new meta-analytic "
            + "method for neuroimaging studies that combines reported peak coordinates and statistical parametric maps. "
            + "European Psychiatry 2012; 27: 605–611.",
        doi: "10.1016/j.eurpsy.2011.04.001")
    static let anisotropicKernels = Reference(
        "Radua et al., 2014",
        "Radua J, Rubia K, Canales-Rodríguez EJ, Pomarol-Clotet E, Fusar-Poli P, Mataix-Cols D. Anisotropic kernels for "
            + "coordinate-based meta-analyses of neuroimaging studies. Frontiers in Psychiatry 2014; 5: 13.",
        doi: "10.3389/fpsyt.2014.00013")
    static let derSimonianLaird = Reference(
        "DerSimonian & Laird, 1986",
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Controlled Clinical Trials 1986; 7: 177–188.",
        doi: "10.1016/0197-2456(86)90046-2")
    static let reml = Reference(
        "Viechtbauer, 2005",
        "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects model. Journal "
            + "of Educational and Behavioral Statistics 2005; 30: 261–293.",
        doi: "10.3102/10769986030003261")
    static let rubin = Reference(
        "Rubin, 1987", "Rubin DB. Multiple imputation for nonresponse in surveys. New York: Wiley; 1987.",
        doi: "10.1002/9780470316696")
    static let hedges = Reference(
        "Hedges, 1981",
        "Hedges LV. Distribution theory for Glass's estimator of effect size and related estimators. Journal of "
            + "Educational Statistics 1981; 6: 107–128.",
        doi: "10.3102/10769986006002107")
    static let fisherZ = Reference(
        "Fisher, 1921",
        "Fisher RA. On the “probable error” of a coefficient of correlation deduced from a small sample. Metron 1921; 1: "
            + "3–32.", doi: nil)
    static let composite = Reference(
        "Borenstein et al., 2009",
        "Borenstein M, Hedges LV, Higgins JPT, Rothstein HR. Introduction to meta-analysis. Chichester: Wiley; 2009.",
        doi: "10.1002/9780470743386")
    static let heterogeneity = Reference(
        "Higgins & Thompson, 2002",
        "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Statistics in Medicine 2002; 21: "
            + "1539–1558.",
        doi: "10.1002/sim.1186")
    static let tfce = Reference(
        "Smith & Nichols, 2009",
        "Smith SM, Nichols TE. Threshold-free cluster enhancement: Addressing problems of smoothing, threshold dependence "
            + "and localisation in cluster inference. NeuroImage 2009; 44: 83–98.",
        doi: "10.1016/j.neuroimage.2008.03.061")
    static let permutationInference = Reference(
        "Winkler et al., 2014",
        "Winkler AM, Ridgway GR, Webster MA, Smith SM, Nichols TE. Permutation inference for the general linear model. "
            + "NeuroImage 2014; 92: 381–397.",
        doi: "10.1016/j.neuroimage.2014.01.060")
    static let neurosynth = Reference(
        "Yarkoni et al., 2011",
        "Yarkoni T, Poldrack RA, Nichols TE, Van Essen DC, Wager TD. Large-scale automated synthesis of human functional "
            + "neuroimaging data. Nature Methods 2011; 8: 665–670.",
        doi: "10.1038/nmeth.1635")
    static let icbm152 = Reference(
        "Fonov et al., 2011",
        "Fonov V, Evans AC, Botteron K, Almli CR, McKinstry RC, Collins DL. Unbiased average age-appropriate atlases "
            + "for pediatric studies. NeuroImage 2011; 54: 313–327.",
        doi: "10.1016/j.neuroimage.2010.07.033")
    static let icbm152Conference = Reference(
        "Fonov et al., 2009",
        "Fonov VS, Evans AC, McKinstry RC, Almli CR, Collins DL. Unbiased nonlinear average age-appropriate brain "
            + "templates from birth to adulthood. NeuroImage 2009; 47 (Suppl 1): S102.",
        doi: "10.1016/S1053-8119(09)70884-5")
    static let aal = Reference(
        "Tzourio-Mazoyer et al., 2002",
        "Tzourio-Mazoyer N, Landeau B, Papathanassiou D, Crivello F, Etard O, Delcroix N, Mazoyer B, Joliot M. "
            + "Automated anatomical labeling of activations in SPM using a macroscopic anatomical parcellation of the "
            + "MNI MRI single-subject brain. NeuroImage 2002; 15: 273–289.",
        doi: "10.1006/nimg.2001.0978")
    static let lancaster = Reference(
        "Lancaster et al., 2007",
        "Lancaster JL, Tordesillas-Gutiérrez D, Martinez M, Salinas F, Evans A, Zilles K, Mazziotta JC, Fox PT. Bias "
            + "between MNI and Talairach coordinates analyzed using the ICBM-152 brain template. Human Brain Mapping "
            + "2007; 28: 1194–1205.",
        doi: "10.1002/hbm.20345")
    static let brett = Reference(
        "Brett, Johnsrude & Owen, 2002",
        "Brett M, Johnsrude IS, Owen AM. The problem of functional localization in the human brain. Nature Reviews "
            + "Neuroscience 2002; 3: 243–249.",
        doi: "10.1038/nrn756")
}
