"""What several checks are made of: inputs drawn to tell mistakes apart, wrong candidates, testers that are tested."""
