/// What the columns of a run's tables mean: for the column dictionaries that BIDS has beside a table.
enum ColumnWords {
    struct Column: Hashable {
        var description: String
        /// Empty where there is none.
        var units: String

        init(_ description: String, _ units: String = "") {
            self.description = description
            self.units = units
        }
    }

    /// - Parameters:
    ///   - covariates: columns of the study table beyond the fixed ones.
    ///   - atlases: headings of the columns of names.
    static func column(_ name: String, covariates: [String], atlases: [String]) -> Column {
        if atlases.contains(name) { return Column("Name of the place in the atlas \(name)") }
        if covariates.contains(name) { return Column("Covariate, as in the input") }
        if let known = all[name] { return known }
        if name.hasPrefix("p_fwe_") {
            return Column("Corrected p, \(name.dropFirst("p_fwe_".count).replacing("_", with: " "))", "probability")
        }
        if name.hasPrefix("max_") {
            return Column("Largest value in the mask, \(name.dropFirst("max_".count).replacing("_", with: " "))")
        }
        if name.hasPrefix("effect_prior_") {
            return Column("Effect with another prior deviation, \(name.dropFirst("effect_prior_".count))")
        }
        if name.hasPrefix("voxels_") {
            return Column("Share of the cluster's voxels with a \(name.dropFirst("voxels_".count))", "share")
        }
        return Column("Column of the design, or as its name says")
    }

    private static let all: [String: Column] = [
        "cluster": Column("Number of the cluster, as in the image label"),
        "peak": Column("Number of the local maximum within its cluster; 1 is the cluster's peak"),
        "direction": Column(
            "positive or negative: the sign of the effect; of regions, what was expected; of experiments, which signs the table was to show"
        ),
        "voxels": Column("Size; of a jackknife, of the whole cluster", "voxels"),
        "mm3": Column("Size", "mm3"),
        "x_mm": Column("Left to right, MNI", "mm"),
        "y_mm": Column("Back to front, MNI", "mm"),
        "z_mm": Column("Bottom to top, MNI", "mm"),
        "x": Column("Left to right, MNI", "mm"),
        "y": Column("Back to front, MNI", "mm"),
        "g": Column("Pooled effect, Hedges' g", "standardised mean difference"),
        "r": Column("Pooled correlation", "correlation coefficient"),
        "se": Column("Standard error"),
        "estimate": Column("Estimate of the term"),
        "ci_low": Column("Lower end of the 95 % interval"),
        "ci_high": Column("Upper end of the 95 % interval"),
        "pi_low": Column("Lower end of the 95 % prediction interval"),
        "pi_high": Column("Upper end of the 95 % prediction interval"),
        "z": Column("Effect divided by its standard error; of regions, the coordinate", "z or mm"),
        "z_value": Column("Effect divided by its standard error", "z"),
        "p": Column("Uncorrected p, one-tailed where the table has a direction", "probability"),
        "p_two_sided": Column("Uncorrected p, two-sided", "probability"),
        "p_fwe": Column("Corrected p of the statistic named beside it", "probability"),
        "p_fwe_statistic": Column("Statistic of the corrected p"),
        "p_corrected": Column("Corrected p by the method's criterion", "probability"),
        "tau2": Column("Between-study variance"),
        "I2": Column("Share of the variation that is due to heterogeneity", "percent"),
        "median_I2": Column("I2 over the cluster's voxels, median", "percent"),
        "H2": Column("Heterogeneity H squared", "ratio"),
        "Q": Column("Cochran's Q", "chi-squared"),
        "Q_df": Column("Degrees of freedom of Q"),
        "Q_p": Column("p of Q", "probability"),
        "measured": Column("Experiments that gave a statistic here", "experiments"),
        "silent": Column("Experiments that reported nothing near", "experiments"),
        "imputed_share": Column("Share of the weight that rests on experiments without a statistic here", "share"),
        "g_shrunk": Column("g at the best guess; not for tests", "standardised mean difference"),
        "atlas": Column("Atlas"),
        "region": Column("Region of the atlas, or of the plan"),
        "percent": Column("Of the cluster's voxels", "percent"),
        "index": Column("Value in the image"),
        "name": Column("Name"),
        "experiment": Column("Name of the contrast"),
        "study": Column("Publication or data set"),
        "sample": Column("Group of people"),
        "n1": Column("Participants; in a two-group contrast the first group", "people"),
        "n2": Column("Second group; 0 for one-sample and paired contrasts", "people"),
        "t": Column("t of the peak; n/a where only its sign is known", "t"),
        "sign": Column("1 or -1: the sign of the effect; 0 where not even that is known"),
        "year": Column("Year of the experiment"),
        "step": Column("How many experiments have been taken in"),
        "sd": Column("Standard deviation of the posterior", "standardised mean difference"),
        "model": Column("Model of the run"),
        "reported": Column("Experiments that reported something here", "experiments"),
        "not_tested": Column("Why the model says nothing here"),
        "t_thr": Column("t that a voxel had to exceed to be reported", "t"),
        "t_thr_assumed": Column("Whether t_thr was assumed: yes or no"),
        "data": Column("peaks, or the file of the map"),
        "peaks": Column("Reported peaks"),
        "increases": Column("Peaks above zero"),
        "decreases": Column("Peaks below zero"),
        "sign_only": Column(
            "Of clusters and peaks, experiments that gave only the sign of the effect here; of studies, peaks with a direction but no statistic"
        ),
        "in_mask": Column("Peaks in the mask of the model"),
        "outside_mask": Column("Peaks farther from it"),
        "shared_sample": Column("What was done where experiments share a sample"),
        "source": Column("File and line of the experiment"),
        "permutation": Column("Number of the permutation; 0 is the unpermuted data"),
        "finding": Column("Number of the finding"),
        "class": Column("Class of evidence, I to IV or NS; withheld where no experiment measured the effect"),
        "criterion": Column("Criterion of the class, or of the method"),
        "asked_by": Column("Classes that ask for the criterion"),
        "value": Column("Value of the criterion"),
        "cutoff": Column("What the criterion asks for"),
        "passed": Column("Whether it is met: yes or no"),
        "place": Column("Name of the place"),
        "judged": Column("What was judged at the place"),
        "experiments": Column("Experiments that entered", "experiments"),
        "participants": Column("People in them", "people"),
        "cases": Column("Cases, as the evidence classes count them", "people"),
        "effect": Column("Effect over studies", "standardised mean difference"),
        "chi2": Column("Wald chi-squared of a joint test", "chi-squared"),
        "chi2_df": Column("Its degrees of freedom"),
        "egger_slope": Column("Slope of Egger's regression"),
        "egger_z": Column("Its z", "z"),
        "egger_p": Column("Its p", "probability"),
        "pet": Column("Effect by PET"),
        "pet_p": Column("Its p", "probability"),
        "peese": Column("Effect by PEESE"),
        "peese_p": Column("Its p", "probability"),
        "significant_expected": Column("Significant experiments expected", "experiments"),
        "significant_observed": Column("Significant experiments observed", "experiments"),
        "excess_p": Column("p of an excess of significant results", "probability"),
        "missing_studies": Column("Studies that trim and fill adds", "studies"),
        "missing_side": Column("Side on which they lie"),
        "effect_filled": Column("Effect with them"),
        "filled_ci_low": Column("Lower end of its 95 % interval"),
        "filled_ci_high": Column("Upper end of its 95 % interval"),
        "failsafe_rosenthal": Column("Fail-safe number, Rosenthal", "studies"),
        "failsafe_rosenberg": Column("Fail-safe number, Rosenberg", "studies"),
        "largest_study": Column("Largest experiment"),
        "largest_ci_low": Column("Lower end of its 95 % interval"),
        "largest_ci_high": Column("Upper end of its 95 % interval"),
        "most_influential": Column("Experiment without which the effect changes most"),
        "effect_without": Column("Effect without it"),
        "cooks_distance": Column("Its Cook's distance"),
        "jackknife_kept": Column("Left-out runs in which the finding stays", "runs"),
        "jackknife_runs": Column("Left-out runs", "runs"),
        "jackknife_lost_without": Column("What the finding needs"),
        "jackknife_not_estimable": Column("What cannot be left out"),
        "maps": Column("Experiments that gave a map here", "experiments"),
        "statistics": Column("Experiments that gave a statistic here", "experiments"),
        "signs_only": Column("Experiments that gave a sign only", "experiments"),
        "nothing": Column("Experiments that gave nothing here", "experiments"),
        "imputed_weight": Column("Share of the weight that rests on imputation", "share"),
        "missing_information": Column("Fraction of missing information", "share"),
        "left_out": Column("What was left out"),
        "kind": Column("Kind of the row"),
        "significant": Column("Whether the peak stays significant: yes or no"),
        "voxels_remaining": Column("Voxels of the cluster that stay", "voxels"),
        "highest_z": Column("Largest z that stays in the cluster", "z"),
        "share_of_effect": Column("Share of the effect", "share"),
        "share_of_weight": Column("Share of the weight", "share"),
        "group": Column("Group of hypotheses"),
        "with_map": Column("Experiments with a map", "experiments"),
        "with_peak": Column("Experiments with a statistic", "experiments"),
        "with_sign": Column("Experiments with a sign only", "experiments"),
        "with_nothing": Column("Experiments with nothing there", "experiments"),
        "fmi": Column("Fraction of missing information", "share"),
        "prior_scale": Column("Scale of the prior", "standardised mean difference"),
        "bf_null": Column("Bayes factor against no effect"),
        "bf_opposite": Column("Bayes factor against the other direction"),
        "bf_null_half_scale": Column("bf_null with half the scale"),
        "bf_null_double_scale": Column("bf_null with twice the scale"),
        "verdict": Column("What the Bayes factors say"),
        "reporting": Column("Experiments with a focus in the cluster", "experiments"),
        "units": Column("Experiments, or groups of people, that the method counts"),
        "fail_safe_n": Column("Fail-safe number", "experiments"),
        "foci": Column("Foci in the cluster"),
        "contribution": Column("Share of the cluster", "share"),
        "decisive": Column("Whether the cluster goes without it: yes or no"),
        "method": Column("Method"),
        "method_1": Column("First method"),
        "method_2": Column("Second method"),
        "clusters": Column("Clusters that survive"),
        "largest_abs_z": Column("Largest |z|", "z"),
        "common_voxels": Column("Voxels that both methods have", "voxels"),
        "correlation_z": Column("Correlation of the z maps"),
        "dice": Column("Dice's coefficient of surviving voxels"),
        "both": Column("Voxels that survive in both", "voxels"),
        "only_1": Column("Only in the first", "voxels"),
        "only_2": Column("Only in the second", "voxels"),
        "opposite": Column("With opposite signs", "voxels"),
        "why": Column("Why one method alone lists it, as far as can be said"),
    ]
}
