internal import Evidence

/// An effect that a row gave, before it is put beside its row.
struct MadeEffect {
    var value: EffectValue
    var measure: OutcomeMeasure
    var n1: Double?
    var n2: Double?
    var words: String
    /// Under each correlation of the bracket, where one had to be assumed.
    var alternatives: [MeasuredEffect.Alternative] = []
    var assumedCorrelation: Double?
    /// What the user should look at.
    var remarks: [Notice] = []
}
