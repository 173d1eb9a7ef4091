/// How effects are made from the numbers of a table.
public struct MeasurementSettings: Hashable, Sendable {
    /// The measure all effects shall be; nil for what each row offers.
    public var measure: OutcomeMeasure?
    /// The correlation of before and after where a row needs it and does not tell.
    public var correlation: Double
    /// Those it is bracketed by.
    public var correlations: [Double]
    /// How means and SDs are made from medians, quartiles and ranges.
    public var quantiles: QuantileMethod
    /// How a log odds ratio becomes a standardised difference.
    public var oddsConversion: OddsConversion

    /// Means and SDs from quantiles.
    public enum QuantileMethod: String, Hashable, Sendable, CaseIterable {
        /// Mean: Luo et al. (2018); SD: Wan et al. (2014).
        case luoWan = "luo-wan"
        /// Quantile estimation under a normal distribution after Box and Cox's transformation (McGrath et al. 2020).
        case boxCox = "box-cox"
    }

    /// Standardised differences from log odds ratios.
    public enum OddsConversion: String, Hashable, Sendable, CaseIterable {
        /// By √3/π (Hasselblad & Hedges 1995).
        case hasselbladHedges = "hasselblad-hedges"
        /// By 1/1.65 (Cox 1970).
        case cox
    }

    public init(
        measure: OutcomeMeasure? = nil, correlation: Double = 0.5, correlations: [Double] = [0.3, 0.5, 0.7, 0.9],
        quantiles: QuantileMethod = .luoWan, oddsConversion: OddsConversion = .hasselbladHedges
    ) {
        self.measure = measure
        self.correlation = correlation
        self.correlations = correlations
        self.quantiles = quantiles
        self.oddsConversion = oddsConversion
    }
}
