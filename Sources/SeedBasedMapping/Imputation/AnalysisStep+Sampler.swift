import Evidence

extension AnalysisStep {
    /// Step 4: how study images are drawn, by the settings. See Docs/imputation.md.
    func sampler() -> any StudyImageSampler {
        switch settings.sampler {
        case .copula where settings.compatibility == .sdm621:
            TwoLumpSampler(mask: space.mask, template: space.template, noiseFWHM: settings.noiseFWHM)
        case .copula: CopulaSampler(mask: space.mask, template: space.template, noiseFWHM: settings.noiseFWHM)
        case .paper: PaperSampler(mask: space.mask, template: space.template)
        }
    }
}
