/// What is cited where findings are appraised one by one.
extension Reference {
    static let predictionInterval = Reference(
        "Higgins, Thompson & Spiegelhalter, 2009",
        "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects meta-analysis. Journal of the Royal "
            + "Statistical Society A 2009; 172: 137–159.",
        doi: "10.1111/j.1467-985X.2008.00552.x")
    static let egger = Reference(
        "Sterne & Egger, 2005",
        "Sterne JAC, Egger M. Regression methods to detect publication and other bias in meta-analysis. In: Rothstein HR, "
            + "Sutton AJ, Borenstein M, editors. Publication bias in meta-analysis. Chichester: Wiley; 2005. p. 99–110.",
        doi: "10.1002/0470870168.ch6")
    static let petPeese = Reference(
        "Stanley & Doucouliagos, 2014",
        "Stanley TD, Doucouliagos H. Meta-regression approximations to reduce publication selection bias. Research Synthesis "
            + "Methods 2014; 5: 60–78.",
        doi: "10.1002/jrsm.1095")
    static let excessSignificance = Reference(
        "Ioannidis & Trikalinos, 2007",
        "Ioannidis JPA, Trikalinos TA. An exploratory test for an excess of significant findings. Clinical Trials 2007; 4: "
            + "245–253.",
        doi: "10.1177/1740774507079441")
    static let trimAndFill = Reference(
        "Duval & Tweedie, 2000",
        "Duval S, Tweedie R. Trim and fill: a simple funnel-plot-based method of testing and adjusting for publication bias in "
            + "meta-analysis. Biometrics 2000; 56: 455–463.",
        doi: "10.1111/j.0006-341X.2000.00455.x")
    static let rosenthal = Reference(
        "Rosenthal, 1979",
        "Rosenthal R. The file drawer problem and tolerance for null results. Psychological Bulletin 1979; 86: 638–641.",
        doi: "10.1037/0033-2909.86.3.638")
    static let rosenberg = Reference(
        "Rosenberg, 2005",
        "Rosenberg MS. The file-drawer problem revisited: a general weighted method for calculating fail-safe numbers in "
            + "meta-analysis. Evolution 2005; 59: 464–468.",
        doi: "10.1111/j.0014-3820.2005.tb01004.x")
    static let influence = Reference(
        "Viechtbauer & Cheung, 2010",
        "Viechtbauer W, Cheung MWL. Outlier and influence diagnostics for meta-analysis. Research Synthesis Methods 2010; 1: "
            + "112–125.",
        doi: "10.1002/jrsm.11")
    static let evidenceClasses = Reference(
        "Fusar-Poli & Radua, 2018",
        "Fusar-Poli P, Radua J. Ten simple rules for conducting umbrella reviews. Evidence-Based Mental Health 2018; 21: "
            + "95–100.",
        doi: "10.1136/ebmental-2018-300014")
}
